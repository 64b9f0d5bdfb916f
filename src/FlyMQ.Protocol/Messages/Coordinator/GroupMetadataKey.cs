namespace FlyMQ.Protocol.Messages.Coordinator;

/// <summary>Key of a classic group in <c>__consumer_offsets</c>: prefix 2.</summary>
[WireData(2, 2)]
public sealed partial class GroupMetadataKey
{
    public string Group { get; set; } = "";
}
