using FlyMQ.Protocol;

namespace FlyMQ.Broker.Topics;

/// <summary>Creates a topic that somebody needs: the first produce or metadata request of a client, or a coordinator its internal topic.</summary>
public interface ITopicCreation
{
    /// <summary>Returns once the topic exists and its local partitions are led. Many callers at once are one creation.</summary>
    ValueTask<ErrorCode> EnsureAsync(string topic, CancellationToken cancellation);
}
