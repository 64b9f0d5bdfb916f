namespace FlyMQ.Compatibility.Results;

/// <summary>How docs/clients.md names the features.</summary>
internal static class FeatureNames
{
    public static string Of(Feature feature) => feature switch
    {
        Feature.Codecs => "compression: none, gzip, snappy, lz4, zstd",
        Feature.Acks => "acks 0, 1, all",
        Feature.RecordFields => "keys, headers, timestamps, null values",
        Feature.ManyRecords => "100,000 records, exactly once, in order per key",
        Feature.LargeRecords => "900,000 bytes at defaults, 4 MiB with limits raised",
        Feature.TooLargeRecords => "MESSAGE_TOO_LARGE, and the connection goes on",
        Feature.Idempotence => "idempotent producer",
        Feature.TransactionsRefused => "transactional producer fails at once",
        Feature.OffsetsForTimes => "offsets: earliest, latest, by time",
        Feature.RecreatedTopics => "topic deleted and created again",
        Feature.CreateTopics => "create topics, add partitions",
        Feature.DescribeTopics => "list and describe topics and their configs",
        Feature.AlterTopics => "alter topic configs",
        Feature.DeleteTopics => "delete topics",
        Feature.ClusterInfo => "describe the cluster and its API versions",
        Feature.GroupSharing => "two and three members share a topic",
        Feature.MemberDies => "a member dies",
        Feature.CooperativeGroups => "cooperative-sticky",
        Feature.StaticMembers => "static members",
        Feature.Restart => "commit, broker restart, resume",
        Feature.GroupAdmin => "list, describe, delete groups",
        Feature.ResetOffsets => "reset a group's offsets",
        Feature.DeleteRecords => "delete records",
        Feature.LogDirs => "log folders",
        Feature.PerfTools => "performance and verification tools",
        Feature.DumpLog => "segments read by kafka-dump-log",
        Feature.OwnMetrics => "its own metrics on the metrics page (KIP-714)",
        _ => throw new ArgumentOutOfRangeException(nameof(feature), feature, null),
    };
}
