namespace FlyMQ.Partitions;

/// <summary>Why records that were fetched are nobody's in particular.</summary>
public enum UnattributedReason
{
    /// <summary>No group reads the partition.</summary>
    NoGroup,

    /// <summary>Groups read it, but no member of theirs has the client id and the host of the fetch.</summary>
    OtherClient,

    /// <summary>Members of several groups have.</summary>
    SeveralGroups,
}
