using System.Globalization;
using FlyMQ.Metadata;
using FlyMQ.Protocol;

namespace FlyMQ.Broker.Apis.Configs;

/// <summary>Which resource a request names, and whether this broker can speak for it.</summary>
internal static class ConfigResources
{
    /// <returns>The problem when there is one.</returns>
    public static (ErrorCode Error, string? Message) Check(ClusterImage image, int nodeId, sbyte type, string name) => (ConfigResourceType)type switch
    {
        ConfigResourceType.Topic when image.TopicOrNull(name) is null => (ErrorCode.UnknownTopicOrPartition, $"The topic '{name}' does not exist."),
        ConfigResourceType.Topic => (ErrorCode.None, null),
        ConfigResourceType.Broker when name.Length == 0 => (ErrorCode.None, null),
        ConfigResourceType.Broker when !int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var id) || id != nodeId =>
            (ErrorCode.InvalidRequest, $"Unexpected broker id, expected {nodeId} or empty string, but received {name}"),
        ConfigResourceType.Broker => (ErrorCode.None, null),
        ConfigResourceType.Group or ConfigResourceType.ClientMetrics when name.Length == 0 => (ErrorCode.InvalidRequest, "The resource has no name."),
        ConfigResourceType.Group or ConfigResourceType.ClientMetrics => (ErrorCode.None, null),
        ConfigResourceType.BrokerLogger => (ErrorCode.InvalidRequest, "Log levels cannot be changed this way: set logging.level."),
        _ => (ErrorCode.InvalidRequest, $"Unsupported resource type: {type}"),
    };
}
