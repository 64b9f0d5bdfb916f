using System.Buffers;
using System.Buffers.Binary;
using FlyMQ.Protocol.Messages;
using FlyMQ.Protocol.Messages.Cluster;
using FlyMQ.Protocol.Messages.Data;
using FlyMQ.Protocol.Tests.Layouts;
using FlyMQ.Protocol.Wire;

namespace FlyMQ.Protocol.Tests.Messages;

/// <summary>Broken bytes end in one exception, and cost no more memory than a multiple of what was sent.</summary>
public sealed class MalformedFramesTests
{
    private const int SeedsPerVersion = 60;

    // A struct on the wire may take few bytes and an object takes dozens: the factor is what a frame can be blown up by, not by what it claims.
    private const int BytesPerByte = 100, BytesAtLeast = 64 * 1024;

    public static TheoryData<string> Names => MessageCodec.Names;

    [Theory, MemberData(nameof(Names))]
    public void A_mutated_message_is_read_or_refused(string name)
    {
        var codec = MessageCodec.All[name];
        var refused = 0;
        foreach (var version in codec.Layout.Versions)
        {
            for (var seed = 0; seed < SeedsPerVersion; seed++)
            {
                var random = new Random(seed);
                var valid = new LayoutEncoder(codec.Layout, version) { UnknownTags = random }
                    .Encode(new RandomMessages(random, version).Fill(codec.New(), codec.Layout.Fields));
                var mutated = Mutate(valid, random);
                var frame = random.Next(2) == 0 ? new ReadOnlySequence<byte>(mutated) : Segments.Split(mutated, random);
                var before = GC.GetAllocatedBytesForCurrentThread();
                try
                {
                    codec.Read(frame, version);
                }
                catch (MalformedMessageException)
                {
                    refused++;
                }
                catch (Exception e)
                {
                    Assert.Fail($"{name} v{version}, seed {seed}: {e}");
                }

                var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
                Assert.True(
                    allocated <= BytesAtLeast + ((long)mutated.Length * BytesPerByte),
                    $"{name} v{version}, seed {seed}: {mutated.Length} bytes made {allocated} bytes");
            }
        }

        Assert.True(refused > 0, "no mutation was noticed");
    }

    [Theory, MemberData(nameof(Names))]
    public void A_message_cut_short_or_with_bytes_after_it_is_refused(string name)
    {
        var codec = MessageCodec.All[name];
        foreach (var version in codec.Layout.Versions)
        {
            var random = new Random(version);
            var valid = new LayoutEncoder(codec.Layout, version).Encode(new RandomMessages(random, version).Fill(codec.New(), codec.Layout.Fields));
            for (var length = 0; length < valid.Length; length += 1 + (valid.Length / 50))
            {
                Assert.Throws<MalformedMessageException>(() => codec.Read(valid[..length], version));
            }

            Assert.Throws<MalformedMessageException>(() => codec.Read([.. valid, 0], version));
        }
    }

    [Fact]
    public void A_claimed_count_allocates_nothing()
    {
        var claims = new byte[100];
        BinaryPrimitives.WriteInt32BigEndian(claims, int.MaxValue);
        Read(claims, 1);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var e = Read(claims, 1);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal("MetadataRequest.Topics", e.Field);
        Assert.Contains("2147483647", e.Message, StringComparison.Ordinal);
        Assert.True(allocated < 16 * 1024, $"{allocated} bytes");

        static MalformedMessageException Read(byte[] frame, short version) => Assert.Throws<MalformedMessageException>(() =>
        {
            var reader = new WireReader(frame);
            MetadataRequest.Read(ref reader, version);
        });
    }

    [Fact]
    public void The_text_names_the_field_and_the_reason()
    {
        var request = new ProduceRequest { TopicData = { new() { Name = "orders" } } };
        var frame = MessageCodec.Write(request, 3);
        frame[^6] = 0xff;

        var e = Assert.Throws<MalformedMessageException>(() =>
        {
            var reader = new WireReader(frame);
            ProduceRequest.Read(ref reader, 3);
        });

        Assert.Equal("TopicProduceData.Name: text that is not UTF-8", e.Message);
    }

    private static byte[] Mutate(byte[] valid, Random random)
    {
        var bytes = valid.ToList();
        for (var changes = random.Next(1, 4); changes > 0 && bytes.Count > 0; changes--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(6))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = 0xff;
                    break;
                case 2:
                    bytes.RemoveRange(at, random.Next(bytes.Count - at));
                    break;
                case 3:
                    bytes.Insert(at, (byte)random.Next(256));
                    break;
                case 4:
                    // A length or count, as large or as negative as it gets.
                    var extreme = new byte[4];
                    BinaryPrimitives.WriteInt32BigEndian(extreme, random.Next(3) switch { 0 => int.MaxValue, 1 => int.MinValue, _ => random.Next(100_000) });
                    bytes.RemoveRange(at, Math.Min(4, bytes.Count - at));
                    bytes.InsertRange(at, extreme);
                    break;
                default:
                    bytes.InsertRange(at, [0xff, 0xff, 0xff, 0xff, (byte)random.Next(256)]);
                    break;
            }
        }

        return [.. bytes];
    }
}
