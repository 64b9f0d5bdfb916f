using FlyMQ.Server.Commands;
using FlyMQ.Server.Options;

namespace FlyMQ.Server.Exporters.Otlp;

/// <summary>Who sends: the attributes of the resource, the same with every signal.</summary>
internal static class BrokerResource
{
    public static IReadOnlyDictionary<string, string> Of(TracingOptions options, int nodeId)
    {
        var attributes = new Dictionary<string, string>(options.ResourceAttributes, StringComparer.Ordinal);
        attributes.TryAdd("service.version", ProductVersion.Text);
        attributes.TryAdd("service.instance.id", $"node-{nodeId}");
        // Where it says which service, the key for it has been asked already.
        attributes["service.name"] = options.ServiceName;
        return attributes;
    }
}
