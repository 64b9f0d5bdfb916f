namespace FlyMQ.Protocol.Messages.Coordinator;

/// <summary>A committed offset; the absence of a value deletes it.</summary>
[WireData(0, 4, FlexibleSince = 4)]
public sealed partial class OffsetCommitValue
{
    public long Offset { get; set; }

    [Since(3), Ignorable]
    public int LeaderEpoch { get; set; } = -1;

    public string Metadata { get; set; } = "";

    public long CommitTimestamp { get; set; }

    [Since(1), Until(1), Ignorable]
    public long ExpireTimestamp { get; set; } = -1;

    [Since(4), Tag(0), Ignorable]
    public Guid TopicId { get; set; }
}
