namespace FlyMQ.Broker.Topics;

/// <summary>The partitions of this node, following the cluster's image.</summary>
public interface ILocalPartitions
{
    /// <summary>Returns when the local partitions are what the image of a version says.</summary>
    ValueTask WaitForAsync(long imageVersion, CancellationToken cancellation);
}
