using System.Globalization;
using FlyMQ.Broker.Dispatch;
using FlyMQ.Metadata;
using FlyMQ.Protocol;
using FlyMQ.Protocol.Messages.Configs;
using Resource = FlyMQ.Protocol.Messages.Configs.ListConfigResourcesResponse.ConfigResource;

namespace FlyMQ.Broker.Apis.Configs;

/// <summary>ListConfigResources (KIP-1142): what has, or may have, a configuration of its own. Version 0 knows client metrics alone (KIP-714).</summary>
internal sealed class ListConfigResourcesHandler(IMetadataQuorum metadata) : IApiHandler<ListConfigResourcesRequest, ListConfigResourcesResponse>
{
    private static readonly ConfigResourceType[] Supported =
        [ConfigResourceType.Topic, ConfigResourceType.Broker, ConfigResourceType.BrokerLogger, ConfigResourceType.ClientMetrics, ConfigResourceType.Group];

    public ValueTask<ListConfigResourcesResponse> HandleAsync(ListConfigResourcesRequest request, RequestContext context)
    {
        var image = metadata.Image;
        List<ConfigResourceType> types = context.Version == 0 ? [ConfigResourceType.ClientMetrics]
            : request.ResourceTypes.Count == 0 ? [.. Supported]
            : [.. request.ResourceTypes.Select(t => (ConfigResourceType)t)];
        if (types.Exists(t => !Supported.Contains(t)))
        {
            return ValueTask.FromResult(new ListConfigResourcesResponse { ErrorCode = ErrorCode.UnsupportedVersion });
        }

        return ValueTask.FromResult(new ListConfigResourcesResponse
        {
            ConfigResources = [.. types.Distinct().SelectMany(type => Names(image, type).Order(StringComparer.Ordinal).Select(n => new Resource { ResourceName = n, ResourceType = (sbyte)type }))],
        });
    }

    private static IEnumerable<string> Names(ClusterImage image, ConfigResourceType type) => type switch
    {
        ConfigResourceType.Topic => image.Topics.Keys,
        ConfigResourceType.Broker or ConfigResourceType.BrokerLogger => image.Brokers.Keys.Select(id => id.ToString(CultureInfo.InvariantCulture)),
        _ => image.Configs.Keys.Where(r => r.Type == type).Select(r => r.Name),
    };
}
