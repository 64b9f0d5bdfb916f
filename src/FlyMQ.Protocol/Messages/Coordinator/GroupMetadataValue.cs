namespace FlyMQ.Protocol.Messages.Coordinator;

/// <summary>A classic group as it is after a rebalance; the absence of a value deletes it.</summary>
[WireData(0, 4, FlexibleSince = 4)]
public sealed partial class GroupMetadataValue
{
    public string ProtocolType { get; set; } = "";

    public int Generation { get; set; }

    public string? Protocol { get; set; }

    public string? Leader { get; set; }

    [Since(2), Ignorable]
    public long CurrentStateTimestamp { get; set; } = -1;

    public List<MemberMetadata> Members { get; set; } = [];

    public sealed partial class MemberMetadata
    {
        public string MemberId { get; set; } = "";

        [Since(3), Ignorable]
        public string? GroupInstanceId { get; set; }

        public string ClientId { get; set; } = "";

        public string ClientHost { get; set; } = "";

        [Since(1), Ignorable]
        public int RebalanceTimeout { get; set; } = -1;

        public int SessionTimeout { get; set; }

        public byte[] Subscription { get; set; } = [];

        public byte[] Assignment { get; set; } = [];
    }
}
