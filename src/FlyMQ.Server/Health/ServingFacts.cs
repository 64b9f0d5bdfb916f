using FlyMQ.Metadata.Raft;
using FlyMQ.Storage;

namespace FlyMQ.Server.Health;

/// <summary>What a broker that serves says of itself. Read without a lock of the message path and without waiting.</summary>
public sealed record ServingFacts
{
    /// <summary>Why the store takes no more writes until a restart.</summary>
    public string? StoreFailure { get; init; }

    /// <summary>Produces are refused, or will soon wait, for want of free space.</summary>
    public bool StorageFull { get; init; }

    /// <summary>Logs that take no more writes.</summary>
    public int FencedLogs { get; init; }

    public StorageProgress Storage { get; init; }

    public MetadataProgress Metadata { get; init; }

    /// <summary>Null while the metadata quorum has no leader.</summary>
    public int? LeaderId { get; init; }

    /// <summary>The cluster has fenced this broker.</summary>
    public bool Fenced { get; init; }

    public int Connections { get; init; }

    public int ConnectionLimit { get; init; }
}
