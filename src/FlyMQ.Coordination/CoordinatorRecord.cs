using FlyMQ.Protocol.Messages;
using FlyMQ.Protocol.Messages.Coordinator;

namespace FlyMQ.Coordination;

/// <summary>One record of <c>__consumer_offsets</c>: what a coordinator decided. Without a value it deletes what its key names.</summary>
public abstract record CoordinatorRecord(string Group)
{
    // Offsets know their topic's id since 4: a deleted topic's offsets are told from its successor's also after loading.
    private const short GroupVersion = 3, OffsetVersion = 4;
    private const short OffsetKeyVersion = 1, GroupKeyVersion = 2;

    public (byte[] Key, byte[]? Value) Encode() => this switch
    {
        GroupRecord group => (
            VersionPrefixed.Encode(new GroupMetadataKey { Group = Group }, GroupKeyVersion),
            group.Value is null ? null : VersionPrefixed.Encode(group.Value, GroupVersion)),
        OffsetRecord offset => (
            VersionPrefixed.Encode(new OffsetCommitKey { Group = Group, Topic = offset.Topic, Partition = offset.Partition }, OffsetKeyVersion),
            offset.Value is null ? null : VersionPrefixed.Encode(offset.Value, OffsetVersion)),
        _ => throw new InvalidOperationException($"No encoding for {GetType().Name}."),
    };

    /// <returns>Null for records of other kinds, which other releases may have written.</returns>
    /// <exception cref="Protocol.Wire.MalformedMessageException">The bytes are not what their version says.</exception>
    public static CoordinatorRecord? Decode(ReadOnlyMemory<byte> key, ReadOnlyMemory<byte>? value)
    {
        switch (VersionPrefixed.PeekVersion(key))
        {
            case <= OffsetKeyVersion:
                var offset = VersionPrefixed.Decode<OffsetCommitKey>(key);
                return new OffsetRecord(offset.Group, offset.Topic, offset.Partition, value is { } v ? VersionPrefixed.Decode<OffsetCommitValue>(v) : null);
            case GroupKeyVersion:
                var group = VersionPrefixed.Decode<GroupMetadataKey>(key);
                return new GroupRecord(group.Group, value is { } g ? VersionPrefixed.Decode<GroupMetadataValue>(g) : null);
            default:
                return null;
        }
    }
}

/// <summary>A classic group as it is after a rebalance.</summary>
public sealed record GroupRecord(string Group, GroupMetadataValue? Value) : CoordinatorRecord(Group);

/// <summary>A committed offset.</summary>
public sealed record OffsetRecord(string Group, string Topic, int Partition, OffsetCommitValue? Value) : CoordinatorRecord(Group);
