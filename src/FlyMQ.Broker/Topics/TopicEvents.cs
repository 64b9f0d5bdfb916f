using Microsoft.Extensions.Logging;

namespace FlyMQ.Broker.Topics;

/// <summary>What following the image tells (ids 4500–4599).</summary>
internal sealed partial class TopicEvents(ILogger logger)
{
    [LoggerMessage(4500, LogLevel.Critical, "The node could not follow the cluster's metadata.")]
    public partial void FollowerFailed(Exception exception);

    [LoggerMessage(4501, LogLevel.Error, "The log of {Topic}-{Partition} could not be created.")]
    public partial void CannotCreate(Exception exception, string topic, int partition);

    [LoggerMessage(4502, LogLevel.Warning, "Deleting the log of {Topic}-{Partition}: no topic has the id {TopicId}.")]
    public partial void StrayDeleted(string topic, int partition, Guid topicId);
}
