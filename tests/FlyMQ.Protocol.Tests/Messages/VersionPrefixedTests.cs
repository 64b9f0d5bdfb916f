using FlyMQ.Protocol.Messages;
using FlyMQ.Protocol.Messages.Coordinator;
using FlyMQ.Protocol.Messages.Groups;
using FlyMQ.Protocol.Wire;

namespace FlyMQ.Protocol.Tests.Messages;

public sealed class VersionPrefixedTests
{
    // As Kafka writes them: the number of the record before a key, the version before a value.
    [Fact]
    public void A_committed_offset_has_Kafkas_bytes()
    {
        var key = VersionPrefixed.Encode(new OffsetCommitKey { Group = "g", Topic = "t", Partition = 3 }, 1);
        var value = VersionPrefixed.Encode(new OffsetCommitValue { Offset = 5, LeaderEpoch = 2, Metadata = "m", CommitTimestamp = 9 }, 3);

        Assert.Equal("0001" + "000167" + "000174" + "00000003", Convert.ToHexStringLower(key));
        Assert.Equal("0003" + "0000000000000005" + "00000002" + "00016d" + "0000000000000009", Convert.ToHexStringLower(value));
        Assert.Equal(1, VersionPrefixed.PeekVersion(key));
        Assert.Equal(3, VersionPrefixed.Decode<OffsetCommitKey>(key).Partition);
        Assert.Equal(5, VersionPrefixed.Decode<OffsetCommitValue>(value).Offset);
    }

    [Fact]
    public void The_newest_committed_offset_carries_the_topic_id_under_a_tag()
    {
        var id = new Guid("00112233-4455-6677-8899-aabbccddeeff");
        var value = VersionPrefixed.Encode(new OffsetCommitValue { Offset = 5, LeaderEpoch = 2, Metadata = "m", CommitTimestamp = 9, TopicId = id }, 4);

        Assert.Equal(
            "0004" + "0000000000000005" + "00000002" + "026d" + "0000000000000009" + "010010" + "00112233445566778899aabbccddeeff",
            Convert.ToHexStringLower(value));
        Assert.Equal(id, VersionPrefixed.Decode<OffsetCommitValue>(value).TopicId);
    }

    [Fact]
    public void A_group_has_Kafkas_bytes()
    {
        var value = VersionPrefixed.Encode(
            new GroupMetadataValue
            {
                ProtocolType = "consumer",
                Generation = 4,
                Protocol = "range",
                Leader = null,
                CurrentStateTimestamp = 1,
                Members = { new() { MemberId = "a", ClientId = "c", ClientHost = "h", RebalanceTimeout = 2, SessionTimeout = 3, Subscription = [7], Assignment = [] } },
            },
            3);

        Assert.Equal(
            "0003" + "0008636f6e73756d6572" + "00000004" + "000572616e6765" + "ffff" + "0000000000000001" + "00000001" +
            "000161" + "ffff" + "000163" + "000168" + "00000002" + "00000003" + "0000000107" + "00000000",
            Convert.ToHexStringLower(value));
        Assert.Equal("0002000167", Convert.ToHexStringLower(VersionPrefixed.Encode(new GroupMetadataKey { Group = "g" }, 2)));
    }

    [Fact]
    public void An_unknown_version_is_refused_by_name()
    {
        var e = Assert.Throws<MalformedMessageException>(() => VersionPrefixed.Decode<OffsetCommitValue>(new byte[] { 0, 9 }));
        Assert.Contains("version 9", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_newer_consumer_appends_to_its_subscription_is_left_alone()
    {
        var subscription = VersionPrefixed.Encode(new ConsumerProtocolSubscription { Topics = { "t" } }, 0);
        Assert.Equal(["t"], VersionPrefixed.Decode<ConsumerProtocolSubscription>((byte[])[.. subscription, 1, 2]).Topics);
    }
}
