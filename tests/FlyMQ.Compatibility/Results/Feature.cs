namespace FlyMQ.Compatibility.Results;

/// <summary>The rows of docs/clients.md, in its order.</summary>
public enum Feature
{
    Codecs,
    Acks,
    RecordFields,
    ManyRecords,
    LargeRecords,
    TooLargeRecords,
    Idempotence,
    TransactionsRefused,
    OffsetsForTimes,
    RecreatedTopics,
    CreateTopics,
    DescribeTopics,
    AlterTopics,
    DeleteTopics,
    ClusterInfo,
    GroupSharing,
    MemberDies,
    CooperativeGroups,
    StaticMembers,
    Restart,
    GroupAdmin,
    ResetOffsets,
    DeleteRecords,
    LogDirs,
    PerfTools,
    DumpLog,
    OwnMetrics,
}
