using static FlyMQ.Server.Exporters.Prometheus.MetricType;

namespace FlyMQ.Server.Exporters.Prometheus;

/// <summary>Every metric of the observability guide, in its words. Those beyond it are declared by the sections that write them.</summary>
internal static class MetricFamilies
{
    public static readonly MetricFamily ServerUptime = new("flymq_server_uptime_seconds", Gauge, "Server uptime in seconds");
    public static readonly MetricFamily ServerConnectionsActive = new("flymq_server_connections_active", Gauge, "Current active client connections");
    public static readonly MetricFamily ServerConnections = new("flymq_server_connections_total", Counter, "Total connections since startup");
    public static readonly MetricFamily ServerGoroutines = new("flymq_server_goroutines", Gauge, "Number of active goroutines");
    public static readonly MetricFamily ServerMemory = new("flymq_server_memory_bytes", Gauge, "Memory usage in bytes");

    public static readonly MetricFamily MessagesProduced = new("flymq_messages_produced_total", Counter, "Total messages produced", "topic");
    public static readonly MetricFamily MessagesConsumed = new("flymq_messages_consumed_total", Counter, "Total messages consumed", "topic", "group");
    public static readonly MetricFamily BytesProduced = new("flymq_messages_bytes_produced_total", Counter, "Total bytes produced", "topic");
    public static readonly MetricFamily BytesConsumed = new("flymq_messages_bytes_consumed_total", Counter, "Total bytes consumed", "topic", "group");
    public static readonly MetricFamily ProduceLatency = new("flymq_produce_latency_seconds", Histogram, "Produce latency distribution", "topic");
    public static readonly MetricFamily ConsumeLatency = new("flymq_consume_latency_seconds", Histogram, "Consume latency distribution", "topic", "group");

    public static readonly MetricFamily TopicPartitions = new("flymq_topic_partitions", Gauge, "Number of partitions", "topic");
    public static readonly MetricFamily TopicMessages = new("flymq_topic_messages_total", Gauge, "Messages in partition", "topic", "partition");
    public static readonly MetricFamily TopicBytes = new("flymq_topic_bytes_total", Gauge, "Bytes in partition", "topic", "partition");
    public static readonly MetricFamily TopicOldestOffset = new("flymq_topic_oldest_offset", Gauge, "Oldest available offset", "topic", "partition");
    public static readonly MetricFamily TopicNewestOffset = new("flymq_topic_newest_offset", Gauge, "Newest offset", "topic", "partition");

    public static readonly MetricFamily GroupMembers = new("flymq_consumer_group_members", Gauge, "Active group members", "group");
    public static readonly MetricFamily GroupLag = new("flymq_consumer_group_lag", Gauge, "Consumer lag", "group", "topic", "partition");
    public static readonly MetricFamily GroupRebalances = new("flymq_consumer_group_rebalances_total", Counter, "Total rebalances", "group");
    public static readonly MetricFamily GroupCommits = new("flymq_consumer_group_commits_total", Counter, "Offset commits", "group", "topic");

    public static readonly MetricFamily ClusterNodes = new("flymq_cluster_nodes", Gauge, "Total cluster nodes");
    public static readonly MetricFamily ClusterLeader = new("flymq_cluster_leader", Gauge, "1 if node is leader", "node_id");
    public static readonly MetricFamily RaftTerm = new("flymq_raft_term", Gauge, "Current Raft term");
    public static readonly MetricFamily RaftCommitIndex = new("flymq_raft_commit_index", Gauge, "Raft commit index");
    public static readonly MetricFamily RaftElections = new("flymq_raft_elections_total", Counter, "Total leader elections");

    public static readonly MetricFamily StorageSegments = new("flymq_storage_segments", Gauge, "Active segments", "topic", "partition");
    public static readonly MetricFamily StorageBytesWritten = new("flymq_storage_bytes_written_total", Counter, "Bytes written", "topic", "partition");
    public static readonly MetricFamily StorageBytesRead = new("flymq_storage_bytes_read_total", Counter, "Bytes read", "topic", "partition");
    public static readonly MetricFamily StorageSyncLatency = new("flymq_storage_sync_latency_seconds", Histogram, "Disk sync latency");
}
