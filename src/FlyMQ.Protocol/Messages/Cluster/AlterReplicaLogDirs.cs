namespace FlyMQ.Protocol.Messages.Cluster;

/// <summary>Moves partitions between the folders of one broker (KIP-113).</summary>
[ApiRequest(ApiKey.AlterReplicaLogDirs, 0, 2, FlexibleSince = 2)]
public sealed partial class AlterReplicaLogDirsRequest
{
    public List<AlterReplicaLogDir> Dirs { get; set; } = [];

    public sealed partial class AlterReplicaLogDir
    {
        public string Path { get; set; } = "";

        public List<AlterReplicaLogDirTopic> Topics { get; set; } = [];
    }

    public sealed partial class AlterReplicaLogDirTopic
    {
        public string Name { get; set; } = "";

        public List<int> Partitions { get; set; } = [];
    }
}

[ApiResponse]
public sealed partial class AlterReplicaLogDirsResponse
{
    public int ThrottleTimeMs { get; set; }

    public List<AlterReplicaLogDirTopicResult> Results { get; set; } = [];

    public sealed partial class AlterReplicaLogDirTopicResult
    {
        public string TopicName { get; set; } = "";

        public List<AlterReplicaLogDirPartitionResult> Partitions { get; set; } = [];
    }

    public sealed partial class AlterReplicaLogDirPartitionResult
    {
        public int PartitionIndex { get; set; }

        public ErrorCode ErrorCode { get; set; }
    }
}
