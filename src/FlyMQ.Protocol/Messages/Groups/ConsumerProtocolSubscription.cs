namespace FlyMQ.Protocol.Messages.Groups;

/// <summary>What a member of a classic consumer group tells the group’s leader, after an int16 of version.</summary>
[WireData(0, 3)]
public sealed partial class ConsumerProtocolSubscription
{
    public List<string> Topics { get; set; } = [];

    public byte[]? UserData { get; set; }

    [Since(1), Ignorable]
    public List<TopicPartition> OwnedPartitions { get; set; } = [];

    [Since(2), Ignorable]
    public int GenerationId { get; set; } = -1;

    [Since(3), Ignorable]
    public string? RackId { get; set; }

    public sealed partial class TopicPartition
    {
        public string Topic { get; set; } = "";

        public List<int> Partitions { get; set; } = [];
    }
}
