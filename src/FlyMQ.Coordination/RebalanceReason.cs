namespace FlyMQ.Coordination;

/// <summary>What made a group begin a rebalance, its first one included.</summary>
public enum RebalanceReason
{
    /// <summary>A member came.</summary>
    Join,

    /// <summary>A member wants to read something else, or gives partitions back (KIP-429).</summary>
    MetadataChanged,

    /// <summary>The leader wants to assign anew: the topics have changed.</summary>
    LeaderRejoined,

    /// <summary>A static member came back (KIP-345) and could not just take its place again.</summary>
    StaticMemberChanged,

    Leave,

    /// <summary>Nothing was heard of a member for its session timeout.</summary>
    HeartbeatExpired,

    /// <summary>A member did not ask for its assignment within the rebalance timeout.</summary>
    SyncExpired,
}
