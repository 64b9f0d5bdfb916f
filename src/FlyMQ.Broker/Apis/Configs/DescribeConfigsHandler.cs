using FlyMQ.Broker.Dispatch;
using FlyMQ.Metadata;
using FlyMQ.Metadata.Configs;
using FlyMQ.Protocol;
using FlyMQ.Protocol.Messages.Configs;
using ResourceResult = FlyMQ.Protocol.Messages.Configs.DescribeConfigsResponse.DescribeConfigsResult;

namespace FlyMQ.Broker.Apis.Configs;

/// <summary>DescribeConfigs (KIP-133): topics, brokers, groups, client metrics, with synonyms (KIP-226), types and documentation (KIP-569).</summary>
internal sealed class DescribeConfigsHandler(IMetadataQuorum metadata, ConfigResolver configs) : IApiHandler<DescribeConfigsRequest, DescribeConfigsResponse>
{
    public ValueTask<DescribeConfigsResponse> HandleAsync(DescribeConfigsRequest request, RequestContext context)
    {
        var image = metadata.Image;
        return ValueTask.FromResult(new DescribeConfigsResponse { Results = [.. request.Resources.Select(r => Describe(image, request, r))] });
    }

    private ResourceResult Describe(ClusterImage image, DescribeConfigsRequest request, DescribeConfigsRequest.DescribeConfigsResource resource)
    {
        var result = new ResourceResult { ResourceType = resource.ResourceType, ResourceName = resource.ResourceName };
        (result.ErrorCode, result.ErrorMessage) = ConfigResources.Check(image, configs.NodeId, resource.ResourceType, resource.ResourceName);
        if (result.ErrorCode == ErrorCode.None)
        {
            var keys = resource.ConfigurationKeys is { Count: > 0 } some ? some.ToHashSet(StringComparer.Ordinal) : null;
            result.Configs = [.. Entries(image, resource).Where(e => keys is null || keys.Contains(e.Name)).Select(e => Show(e, request, resource))];
        }

        return result;
    }

    private IEnumerable<ConfigEntry> Entries(ClusterImage image, DescribeConfigsRequest.DescribeConfigsResource resource) => (ConfigResourceType)resource.ResourceType switch
    {
        ConfigResourceType.Topic => configs.DescribeTopic(image, image.TopicOrNull(resource.ResourceName)!.Configs),
        ConfigResourceType.Broker when resource.ResourceName.Length == 0 => ConfigResolver.DescribeAllBrokers(image),
        ConfigResourceType.Broker => configs.DescribeBroker(image),
        ConfigResourceType.Group => ConfigResolver.DescribeGroup(image, resource.ResourceName),
        _ => ConfigResolver.DescribeClientMetrics(image, resource.ResourceName),
    };

    private static DescribeConfigsResponse.DescribeConfigsResourceResult Show(
        ConfigEntry entry, DescribeConfigsRequest request, DescribeConfigsRequest.DescribeConfigsResource resource) => new()
    {
        Name = entry.Name,
        Value = entry.Key.Sensitive ? null : entry.Value,
        // Only a broker's own keys can be out of reach; what is set on the resource "all brokers" is there to be changed.
        ReadOnly = (ConfigResourceType)resource.ResourceType == ConfigResourceType.Broker && entry.Key.ReadOnly,
        IsDefault = entry.Source == ConfigSource.Default,
        ConfigSource = (sbyte)entry.Source,
        IsSensitive = entry.Key.Sensitive,
        ConfigType = (sbyte)entry.Key.Type,
        Documentation = request.IncludeDocumentation ? entry.Key.Documentation : null,
        Synonyms = request.IncludeSynonyms
            ? [.. entry.Synonyms.Select(s => new DescribeConfigsResponse.DescribeConfigsSynonym { Name = s.Name, Value = entry.Key.Sensitive ? null : s.Value, Source = (sbyte)s.Source })]
            : [],
    };
}
