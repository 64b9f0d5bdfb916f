namespace FlyMQ.Protocol.Messages.Groups;

/// <summary>What the leader of a classic consumer group gives a member, after an int16 of version.</summary>
[WireData(0, 3)]
public sealed partial class ConsumerProtocolAssignment
{
    public List<TopicPartition> AssignedPartitions { get; set; } = [];

    public byte[]? UserData { get; set; }

    public sealed partial class TopicPartition
    {
        public string Topic { get; set; } = "";

        public List<int> Partitions { get; set; } = [];
    }
}
