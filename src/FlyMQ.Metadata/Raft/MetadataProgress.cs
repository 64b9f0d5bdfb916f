namespace FlyMQ.Metadata.Raft;

/// <summary>How far this node's metadata log has come; whoever watches sees whether it moves.</summary>
/// <param name="Expected">The index that this node can reach by itself.</param>
/// <param name="Applied">The index it has reached.</param>
public readonly record struct MetadataProgress(long Expected, long Applied);
