using System.Reflection;

namespace FlyMQ.Server.Commands;

internal static class ProductVersion
{
    private const int HashLength = 8;

    /// <summary><c>0.1.0</c>, or with the commit it was built from: <c>0.1.0+1a2b3c4d</c>.</summary>
    public static string Text { get; } = Shortened(
        typeof(ProductVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown");

    /// <summary><c>0.1.0</c>.</summary>
    public static string Number { get; } = Text.Split('+')[0];

    /// <summary>The commit it was built from, or nothing where that is not known.</summary>
    public static string Commit { get; } = Text.Split('+') is [_, var commit, ..] ? commit : "";

    private static string Shortened(string version) =>
        version.IndexOf('+', StringComparison.Ordinal) is >= 0 and var plus && version.Length > plus + 1 + HashLength ? version[..(plus + 1 + HashLength)] : version;
}
