using FlyMQ.Protocol.Messages.Coordinator;

namespace FlyMQ.Coordination.Tests;

public class RecordTests
{
    [Fact]
    public void An_offset_is_written_as_Kafka_writes_it()
    {
        var topicId = Guid.Parse("00000000-0000-0000-0000-00000000000a");
        var value = new OffsetCommitValue { Offset = 5, LeaderEpoch = 3, Metadata = "m", CommitTimestamp = 7, TopicId = topicId };
        var (key, bytes) = new OffsetRecord("g", "t", 2, value).Encode();
        // Key 1: group, topic, partition. Value 4: offset, leader epoch, metadata, time, and as tag 0 the topic's id.
        Assert.Equal("0001" + "0001" + "67" + "0001" + "74" + "00000002", Convert.ToHexString(key));
        Assert.Equal(
            "0004" + "0000000000000005" + "00000003" + "026D" + "0000000000000007" + "01" + "0010" + "0000000000000000000000000000000A", Convert.ToHexString(bytes!));
        var decoded = Assert.IsType<OffsetRecord>(Decode(key, bytes));
        Assert.Equal(("g", "t", 2), (decoded.Group, decoded.Topic, decoded.Partition));
        Assert.Equal((5, 3, "m", 7, topicId), (decoded.Value!.Offset, decoded.Value.LeaderEpoch, decoded.Value.Metadata, decoded.Value.CommitTimestamp, decoded.Value.TopicId));
    }

    [Fact]
    public void A_group_is_written_as_Kafka_writes_it()
    {
        var value = new GroupMetadataValue
        {
            ProtocolType = "c",
            Generation = 4,
            Protocol = "r",
            Leader = "m",
            CurrentStateTimestamp = 7,
            Members =
            [
                new GroupMetadataValue.MemberMetadata
                {
                    MemberId = "m", GroupInstanceId = "i", ClientId = "a", ClientHost = "h", RebalanceTimeout = 2, SessionTimeout = 1, Subscription = [8], Assignment = [9],
                },
            ],
        };
        var (key, bytes) = new GroupRecord("g", value).Encode();
        Assert.Equal("0002" + "0001" + "67", Convert.ToHexString(key));
        Assert.Equal(
            "0003" + "0001" + "63" + "00000004" + "0001" + "72" + "0001" + "6D" + "0000000000000007" + "00000001"
            + "0001" + "6D" + "0001" + "69" + "0001" + "61" + "0001" + "68" + "00000002" + "00000001" + "00000001" + "08" + "00000001" + "09",
            Convert.ToHexString(bytes!));
        Assert.Equal("i", Assert.Single(Assert.IsType<GroupRecord>(Decode(key, bytes)).Value!.Members).GroupInstanceId);
    }

    [Fact]
    public void The_absence_of_a_value_deletes()
    {
        var (offsetKey, noOffset) = new OffsetRecord("g", "t", 2, null).Encode();
        var (groupKey, noGroup) = new GroupRecord("g", null).Encode();
        Assert.Null(noOffset);
        Assert.Null(noGroup);
        Assert.Null(Assert.IsType<OffsetRecord>(Decode(offsetKey, null)).Value);
        Assert.Null(Assert.IsType<GroupRecord>(Decode(groupKey, null)).Value);
    }

    [Theory]
    // An offset's key of Kafka before 0.9, with a value of that time.
    [InlineData("0000000167000174" + "00000002", "00000000000000000005000161" + "0000000000000007", "g t 2 5 a")]
    [InlineData("0000000167000174" + "00000002", null, "g t 2")]
    public void Old_offsets_are_read(string key, string? value, string expected)
    {
        var offset = Assert.IsType<OffsetRecord>(Decode(Convert.FromHexString(key), value is null ? null : Convert.FromHexString(value)));
        Assert.Equal(expected, $"{offset.Group} {offset.Topic} {offset.Partition} {offset.Value?.Offset} {offset.Value?.Metadata}".TrimEnd());
    }

    [Fact]
    public void A_member_of_old_has_its_session_for_a_rebalance()
    {
        var scene = new Scene();
        var member = new GroupMetadataValue.MemberMetadata { MemberId = "m", ClientId = "a", ClientHost = "h", RebalanceTimeout = -1, SessionTimeout = 8000, Subscription = [8] };
        scene.Shard.Apply(new GroupRecord("g", new GroupMetadataValue { ProtocolType = "c", Generation = 4, Protocol = "r", Leader = "m", Members = [member] }), scene.Now);
        var group = Assert.Single(scene.Shard.Groups);
        Assert.Equal((8000, scene.Now), (group.Members["m"].RebalanceTimeoutMs, group.StateSinceMs));
    }

    [Fact]
    public void Records_of_other_kinds_are_left_alone() => Assert.Null(Decode([0, 3, 0, 1, (byte)'g'], [0, 0, 0, 0, 0, 1, 0]));

    private static CoordinatorRecord? Decode(byte[] key, byte[]? value) => CoordinatorRecord.Decode(key, value is null ? (ReadOnlyMemory<byte>?)null : value);
}
