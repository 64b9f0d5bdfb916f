namespace FlyMQ.Protocol.Messages.Coordinator;

/// <summary>Key of a committed offset in <c>__consumer_offsets</c>: prefix 1, and 0 in logs of Kafka before 0.9.</summary>
[WireData(0, 1)]
public sealed partial class OffsetCommitKey
{
    public string Group { get; set; } = "";

    public string Topic { get; set; } = "";

    public int Partition { get; set; }
}
