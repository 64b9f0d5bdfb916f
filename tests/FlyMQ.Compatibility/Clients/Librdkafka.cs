using System.Runtime.InteropServices;
using Confluent.Kafka;

namespace FlyMQ.Compatibility.Clients;

/// <summary>
/// Loads the package's build of librdkafka that carries its own SSL and needs no system libraries: the default one looks for a SASL
/// library that a plain machine lacks.
/// </summary>
internal static class Librdkafka
{
    private static readonly string Path =
        System.IO.Path.Combine(AppContext.BaseDirectory, "runtimes/linux-x64/native/centos8-librdkafka.so");

    private static readonly Lazy<bool> Loaded = new(() =>
    {
        NativeLibrary.SetDllImportResolver(typeof(Library).Assembly, (name, assembly, search) => name switch
        {
            "librdkafka" => NativeLibrary.Load(Path, assembly, search),
            // The package opens the library through "libdl", a name that only machines with C headers have.
            "libdl" => NativeLibrary.Load("libdl.so.2", assembly, search),
            _ => 0,
        });
        return Library.Load(Path);
    });

    public static void EnsureLoaded() => _ = Loaded.Value;
}
