using FlyMQ.Protocol.Messages;
using FlyMQ.Protocol.Tests.Layouts;

namespace FlyMQ.Protocol.Tests.Messages;

/// <summary>Every version of every declared message, against a second encoder that shares no code with the generated one.</summary>
public sealed class RoundTripTests
{
    private const int SeedsPerVersion = 25;

    public static TheoryData<string> Names => MessageCodec.Names;

    [Theory, MemberData(nameof(Names))]
    public void What_is_written_is_what_the_layout_says_and_reads_back_equal(string name) => Each(name, (codec, version, random) =>
    {
        var sent = (IWireMessage)new RandomMessages(random, version).Fill(codec.New(), codec.Layout.Fields);

        var bytes = MessageCodec.Write(sent, version);
        var received = codec.Read(bytes, version);

        Assert.Equal(new LayoutEncoder(codec.Layout, version).Encode(sent), bytes);
        Assert.Equal(bytes.Length, sent.Size(version));
        Assert.Null(MessageComparison.Difference(sent, received, codec.Layout.Fields, version));
        Assert.Equal(bytes, MessageCodec.Write(received, version));
    });

    [Theory, MemberData(nameof(Names))]
    public void Unknown_tags_and_blocks_of_any_size_change_nothing(string name) => Each(name, (codec, version, random) =>
    {
        var sent = (IWireMessage)new RandomMessages(random, version).Fill(codec.New(), codec.Layout.Fields);
        var bytes = new LayoutEncoder(codec.Layout, version) { UnknownTags = random }.Encode(sent);

        var received = codec.Read(Segments.Split(bytes, random), version);

        Assert.Null(MessageComparison.Difference(sent, received, codec.Layout.Fields, version));
    });

    [Theory, MemberData(nameof(Names))]
    public void A_fresh_message_reads_back_as_a_fresh_message(string name)
    {
        var codec = MessageCodec.All[name];
        foreach (var version in codec.Layout.Versions)
        {
            var bytes = MessageCodec.Write(codec.New(), version);

            Assert.Equal(bytes.Length, codec.New().Size(version));
            Assert.Null(MessageComparison.Difference(codec.New(), codec.Read(bytes, version), codec.Layout.Fields, version));
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void The_generated_versions_are_the_declared_ones(string name)
    {
        var codec = MessageCodec.All[name];
        Assert.Equal(new VersionRange(codec.Layout.Min, codec.Layout.Max), codec.Versions);
        Assert.Throws<ArgumentOutOfRangeException>(() => codec.Read([], (short)(codec.Layout.Max + 1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => MessageCodec.Write(codec.New(), -1));
    }

    // Kafka refuses to lose what a client asked for; what a broker answers is cut to what the client's version can carry.
    [Theory, MemberData(nameof(Names))]
    public void A_response_drops_what_its_version_lacks_and_a_request_refuses(string name) => Each(name, (codec, version, random) =>
    {
        var sent = (IWireMessage)new RandomMessages(random, version) { FillAllVersions = true }.Fill(codec.New(), codec.Layout.Fields);
        if (sent is not IResponseMessage && LosesSomething(sent, codec.Layout.Fields, version))
        {
            Assert.Throws<UnsupportedFieldException>(() => MessageCodec.Write(sent, version));
            return;
        }

        var received = codec.Read(MessageCodec.Write(sent, version), version);

        Assert.Null(MessageComparison.Difference(sent, received, codec.Layout.Fields, version));
    });

    private static bool LosesSomething(object message, IReadOnlyList<FieldLayout> fields, short version) => fields.Any(field =>
    {
        var value = message.GetType().GetProperty(field.Name)!.GetValue(message);
        if (!field.IsIn(version))
        {
            return !field.Ignorable && !LayoutEncoder.IsDefault(field, value);
        }

        return field.Type == "struct" && (field.IsList ? ((System.Collections.IEnumerable?)value)?.Cast<object>() ?? [] : value is null ? [] : [value])
            .Any(item => LosesSomething(item, field.Fields, version));
    });

    private static void Each(string name, Action<MessageCodec, short, Random> check)
    {
        var codec = MessageCodec.All[name];
        foreach (var version in codec.Layout.Versions)
        {
            for (var seed = 0; seed < SeedsPerVersion; seed++)
            {
                try
                {
                    check(codec, version, new Random(seed));
                }
                catch (Exception e)
                {
                    throw new InvalidOperationException($"{name} v{version}, seed {seed}: {e.Message}", e);
                }
            }
        }
    }
}
