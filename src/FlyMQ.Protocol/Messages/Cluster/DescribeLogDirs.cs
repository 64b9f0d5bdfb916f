namespace FlyMQ.Protocol.Messages.Cluster;

/// <summary>Where partitions lie on disk and how large they are (KIP-113).</summary>
[ApiRequest(ApiKey.DescribeLogDirs, 0, 5, FlexibleSince = 2)]
public sealed partial class DescribeLogDirsRequest
{
    public List<DescribableLogDirTopic>? Topics { get; set; }

    public sealed partial class DescribableLogDirTopic
    {
        public string Topic { get; set; } = "";

        public List<int> Partitions { get; set; } = [];
    }
}

[ApiResponse]
public sealed partial class DescribeLogDirsResponse
{
    public int ThrottleTimeMs { get; set; }

    [Since(3)]
    public ErrorCode ErrorCode { get; set; }

    public List<DescribeLogDirsResult> Results { get; set; } = [];

    public sealed partial class DescribeLogDirsResult
    {
        public ErrorCode ErrorCode { get; set; }

        public string LogDir { get; set; } = "";

        public List<DescribeLogDirsTopic> Topics { get; set; } = [];

        [Since(4)]
        public long TotalBytes { get; set; } = -1;

        [Since(4)]
        public long UsableBytes { get; set; } = -1;

        [Since(5)]
        public bool IsCordoned { get; set; }
    }

    public sealed partial class DescribeLogDirsTopic
    {
        public string Name { get; set; } = "";

        public List<DescribeLogDirsPartition> Partitions { get; set; } = [];
    }

    public sealed partial class DescribeLogDirsPartition
    {
        public int PartitionIndex { get; set; }

        public long PartitionSize { get; set; }

        public long OffsetLag { get; set; }

        public bool IsFutureKey { get; set; }
    }
}
