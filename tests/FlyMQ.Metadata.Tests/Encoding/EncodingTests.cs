using System.Collections.Immutable;
using System.Security.Cryptography;
using FlyMQ.Metadata.Commands;
using FlyMQ.Metadata.Encoding;
using FlyMQ.Records;

namespace FlyMQ.Metadata.Tests.Encoding;

public sealed class EncodingTests
{
    private static readonly Guid A = new("00112233-4455-6677-8899-aabbccddeeff");
    private static readonly Guid B = new("ffeeddcc-bbaa-9988-7766-554433221100");

    /// <summary>One of each command, all fields set.</summary>
    private static readonly MetadataCommand[] Commands =
    [
        new InitializeCluster(A, B, ImmutableSortedDictionary<string, short>.Empty.Add("metadata.version", 29)),
        new RegisterBroker(A, 7, B, [new BrokerEndpoint("PLAINTEXT", "host", 9092, 0)], "rack-a", StartFenced: true),
        new ChangeBrokerState(A, 7, 300, Fenced: true, InControlledShutdown: true),
        new UnregisterBroker(A, 7),
        new CreateTopics(A, [new NewTopic(B, "orders", IsInternal: true, [[1, 2], [2]], Some.Configs(("retention.ms", "5")))]),
        new DeleteTopics(A, [B]),
        new CreatePartitions(A, [new NewPartitions(B, 2, [[1, 300]])]),
        new AlterConfigs(A, [new ConfigChange(ConfigResource.Topic("orders"), true, [new ConfigEntryChange("k", ConfigOperation.Append, "v", "d")])]),
        new AllocateProducerIds(A, 7, 300) { TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" },
        new AlterPartition(A, 7, 300, [new PartitionChange(B, 1, new LeaderEpoch(2), 3, [7, 8])]),
        new ElectLeaders(A, Unclean: true, [new TopicIdPartition(B, 1)]),
    ];

    /// <summary>What release 0.1 wrote. A log with these bytes exists somewhere: they may never change, only be joined by new ones.</summary>
    private static readonly Dictionary<string, string> Golden = new()
    {
        ["InitializeCluster"] = "0113000000010100112233445566778899aabbccddeeff0027000000ffeeddccbbaa998877665544332211000112000000116d657461646174612e76657273696f6e3a",
        ["RegisterBroker"] = "0113000000020100112233445566778899aabbccddeeff00310000000effeeddccbbaa9988776655443322110001130000000a504c41494e5445585405686f7374888e0100077261636b2d6101",
        ["ChangeBrokerState"] = "0113000000030100112233445566778899aabbccddeeff00050000000ed8040101",
        ["UnregisterBroker"] = "0113000000040100112233445566778899aabbccddeeff00010000000e",
        ["CreateTopics"] = "0113000000050100112233445566778899aabbccddeeff003f000000013a000000ffeeddccbbaa99887766554433221100076f7264657273010203000000020204020000000104010f0000000d726574656e74696f6e2e6d730235",
        ["DeleteTopics"] = "0113000000060100112233445566778899aabbccddeeff00150000000110000000ffeeddccbbaa99887766554433221100",
        ["CreatePartitions"] = "0113000000070100112233445566778899aabbccddeeff001f000000011a000000ffeeddccbbaa998877665544332211000401040000000202d804",
        ["AlterConfigs"] = "0113000000080100112233445566778899aabbccddeeff001a000000011500000004076f7264657273010107000000026b0402760264",
        ["AllocateProducerIds"] = "014a000000090100112233445566778899aabbccddeeff3830302d30616637363531393136636434336464383434386562323131633830333139632d623761643662373136393230333333312d3031050000000ed804d00f",
        ["AlterPartition"] = "01130000000a0100112233445566778899aabbccddeeff001e0000000ed8040116000000ffeeddccbbaa99887766554433221100020406020e10",
        ["ElectLeaders"] = "01130000000b0100112233445566778899aabbccddeeff0017000000010111000000ffeeddccbbaa9988776655443322110002",
    };

    [Fact]
    public void Every_command_has_the_bytes_it_was_released_with_and_they_read_back()
    {
        var written = Commands.ToDictionary(c => c.GetType().Name, c => Convert.ToHexStringLower(CommandCodec.Encode(c).Span));
        Assert.Equal(Enum.GetNames<CommandType>().Order(), written.Keys.Order());
        Assert.Equal(
            string.Join('\n', Golden.Select(g => $"{g.Key} {g.Value}")),
            string.Join('\n', written.Select(w => $"{w.Key} {w.Value}")));
        foreach (var (name, hex) in Golden)
        {
            var read = CommandCodec.Decode(Convert.FromHexString(hex));
            Assert.Equal(name, read.GetType().Name);
            Assert.Equal(hex, Convert.ToHexStringLower(CommandCodec.Encode(read).Span));
        }
    }

    /// <summary>SHA-256 of the snapshot release 0.1 writes after 500 commands of seed 42.</summary>
    private const string GoldenSnapshot = "b44733bbb0c6b5e1d5c3a4dc1709a0fd85c6d0abe51454a75ac3305e62d3e6ce";

    [Fact]
    public void A_snapshot_has_the_bytes_it_was_released_with()
    {
        var image = RandomCommands.Generate(seed: 42, 500).Aggregate(ClusterImage.Empty, (i, c) => MetadataStateMachine.Apply(i, c).Image);

        Assert.Equal(GoldenSnapshot, Convert.ToHexStringLower(SHA256.HashData(ImageCodec.Encode(image).Span)));
    }

    [Fact]
    public void Fields_that_a_later_release_appends_are_passed_over_and_missing_ones_have_their_defaults()
    {
        var writer = new MetadataWriter();
        writer.Byte(1);
        writer.Struct(0, static (w, _) =>
        {
            w.UInt((ulong)CommandType.UnregisterBroker);
            w.UInt(1);
            w.Uuid(A);
            w.Text(null);
            w.Text("a field of the head that this release does not know");
        });
        writer.Struct(0, static (w, _) =>
        {
            w.Int(7);
            w.Map([KeyValuePair.Create("unknown", "field")]);
        });
        Assert.Equal(new UnregisterBroker(A, 7), CommandCodec.Decode(writer.Written));

        var shorter = new MetadataWriter();
        shorter.Byte(1);
        shorter.Struct(0, static (w, _) =>
        {
            w.UInt((ulong)CommandType.RegisterBroker);
            w.UInt(1);
            w.Uuid(A);
        });
        shorter.Struct(0, static (w, _) => w.Int(7));
        var read = Assert.IsType<RegisterBroker>(CommandCodec.Decode(shorter.Written));
        Assert.Equal((7, Guid.Empty, 0, null, false), (read.BrokerId, read.IncarnationId, read.Endpoints.Length, read.Rack, read.StartFenced));
    }

    [Theory]
    [InlineData(99, 1)]
    [InlineData((int)CommandType.DeleteTopics, 2)]
    public void A_command_or_version_of_a_later_release_is_refused_rather_than_skipped(int type, int version)
    {
        var writer = new MetadataWriter();
        writer.Byte(1);
        writer.Struct((type, version), static (w, head) =>
        {
            w.UInt((ulong)head.type);
            w.UInt((ulong)head.version);
            w.Uuid(A);
            w.Text(null);
        });
        writer.Struct(0, static (_, _) => { });

        Assert.Throws<MetadataFormatException>(() => CommandCodec.Decode(writer.Written));
    }

    [Fact]
    public void Damage_is_said_to_be_damage()
    {
        var random = new Random(7);
        foreach (var command in Commands)
        {
            var good = CommandCodec.Encode(command).ToArray();
            for (var i = 0; i < 500; i++)
            {
                var bad = (byte[])good.Clone();
                bad[random.Next(bad.Length)] ^= (byte)(1 << random.Next(8));
                var cut = bad.AsMemory(0, random.Next(2) == 0 ? bad.Length : random.Next(1, bad.Length));
                try
                {
                    CommandCodec.Decode(cut);
                }
                catch (MetadataFormatException)
                {
                    // Anything else (or a huge allocation) fails the test.
                }
            }
        }

        var snapshot = ImageCodec.Encode(RandomCommands.Generate(1, 50).Aggregate(ClusterImage.Empty, (i, c) => MetadataStateMachine.Apply(i, c).Image)).ToArray();
        for (var i = 0; i < snapshot.Length; i += 7)
        {
            var bad = (byte[])snapshot.Clone();
            bad[i] ^= 1;
            Assert.Throws<MetadataFormatException>(() => ImageCodec.Decode(bad));
        }
    }

    [Theory]
    [InlineData("00000000-0000-0000-0000-000000000000", "AAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("00112233-4455-6677-8899-aabbccddeeff", "ABEiM0RVZneImaq7zN3u_w")]
    public void Uuids_are_written_as_Kafka_writes_them(string guid, string text)
    {
        Assert.Equal(text, KafkaUuid.ToText(new Guid(guid)));
        Assert.True(KafkaUuid.TryParse(text, out var read));
        Assert.Equal(new Guid(guid), read);
        Assert.False(KafkaUuid.TryParse(text.AsSpan(1), out _));
        Assert.False(KafkaUuid.TryParse($"!{text.AsSpan(1)}", out _));
    }
}
