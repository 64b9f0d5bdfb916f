namespace FlyMQ.Compatibility.ApacheTools;

/// <summary>The classes behind Apache Kafka's scripts.</summary>
internal static class Tool
{
    public const string Topics = "org.apache.kafka.tools.TopicCommand";
    public const string Configs = "org.apache.kafka.tools.ConfigCommand";
    public const string ConsoleProducer = "org.apache.kafka.tools.ConsoleProducer";
    public const string ConsoleConsumer = "org.apache.kafka.tools.consumer.ConsoleConsumer";
    public const string ClientMetrics = "org.apache.kafka.tools.ClientMetricsCommand";
    public const string ConsumerGroups = "org.apache.kafka.tools.consumer.group.ConsumerGroupCommand";
    public const string Groups = "org.apache.kafka.tools.GroupsCommand";
    public const string GetOffsets = "org.apache.kafka.tools.GetOffsetShell";
    public const string DeleteRecords = "org.apache.kafka.tools.DeleteRecordsCommand";
    public const string LogDirs = "org.apache.kafka.tools.LogDirsCommand";
    public const string ProducerPerformance = "org.apache.kafka.tools.ProducerPerformance";
    public const string ConsumerPerformance = "org.apache.kafka.tools.ConsumerPerformance";
    public const string VerifiableProducer = "org.apache.kafka.tools.VerifiableProducer";
    public const string VerifiableConsumer = "org.apache.kafka.tools.VerifiableConsumer";
    public const string BrokerApiVersions = "org.apache.kafka.tools.BrokerApiVersionsCommand";
    public const string Cluster = "org.apache.kafka.tools.ClusterTool";
    public const string MetadataQuorum = "org.apache.kafka.tools.MetadataQuorumCommand";
    public const string LeaderElection = "org.apache.kafka.tools.LeaderElectionCommand";
    public const string Reassign = "org.apache.kafka.tools.reassign.ReassignPartitionsCommand";
    public const string DumpLog = "org.apache.kafka.tools.DumpLogSegments";
}
