using FlyMQ.Server.Commands;
using FlyMQ.Server.Options;

namespace FlyMQ.Server.Running;

/// <summary>What a person sees when the broker is ready: where it is, and what to type next.</summary>
internal static class Banner
{
    public static void Write(BrokerOptions options, IReadOnlyList<BoundListener> listeners, string dataDir, TextWriter output)
    {
        var first = $"{listeners[0].Advertised.Host}:{listeners[0].Advertised.Port}";
        output.WriteLine($"FlyMQ {ProductVersion.Text}, node {options.Node.Id}");
        foreach (var listener in listeners)
        {
            output.WriteLine($"  {listener.Name,-10} {HostPort.Join(listener.Advertised.Host, listener.Advertised.Port)}  (on {string.Join(", ", listener.Bound)})");
        }

        WriteEndpoint("metrics", options.Metrics.Enabled, options.Metrics.Listen);
        WriteEndpoint("health", options.Health.Enabled, options.Health.Listen);
        output.WriteLine($"  data       {dataDir}  (sync {StorageKeys.Sync.WriteValue(options.Storage.Sync)})");
        output.WriteLine("Try:");
        output.WriteLine($"  echo hello | kcat -P -b {first} -t greetings");
        output.WriteLine($"  kcat -C -b {first} -t greetings -e");
        output.Flush();

        void WriteEndpoint(string path, bool enabled, ListenAddress listen)
        {
            // Where any free port was asked for, the log tells which one it is.
            if (enabled && listen.Port != 0)
            {
                output.WriteLine($"  {path,-10} http://{HostPort.Join(listen.IsEveryAddress ? "localhost" : listen.Host, listen.Port)}/{path}");
            }
        }
    }
}
