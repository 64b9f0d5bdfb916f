using System.Buffers;
using FlyMQ.Protocol.Messages;
using FlyMQ.Protocol.Messages.Data;
using FlyMQ.Protocol.Tests.Messages;
using FlyMQ.Protocol.Wire;

namespace FlyMQ.Protocol.Tests.Wire;

public sealed class StringCacheTests
{
    [Fact]
    public void A_topic_name_is_made_once_for_all_requests_of_a_connection()
    {
        var strings = new StringCache();
        var frame = MessageCodec.Write(new ProduceRequest { TopicData = { new() { Name = "orders" } } }, 9);

        var first = Read(frame, strings).TopicData[0].Name;
        var second = Read(frame, strings).TopicData[0].Name;

        Assert.Equal("orders", first);
        Assert.Same(first, second);
    }

    [Fact]
    public void Names_that_share_a_slot_replace_each_other_and_stay_right()
    {
        var strings = new StringCache(slots: 1);
        foreach (var name in new[] { "a", "b", "a", "b", new string('c', StringCache.MaxTextSize + 1), "a" })
        {
            var frame = MessageCodec.Write(new ProduceRequest { TopicData = { new() { Name = name } } }, 9);
            Assert.Equal(name, Read(frame, strings).TopicData[0].Name);
        }
    }

    [Fact]
    public void Text_that_is_not_UTF8_is_not_let_through_by_the_cache()
    {
        var strings = new StringCache();
        Assert.Throws<MalformedMessageException>(Read);
        Assert.Throws<MalformedMessageException>(Read);

        void Read()
        {
            var reader = new WireReader(new byte[] { 3, 0xc3, 0x28 }, strings);
            reader.ReadString(compact: true);
        }
    }

    private static ProduceRequest Read(byte[] frame, StringCache strings)
    {
        var reader = new WireReader(new ReadOnlySequence<byte>(frame), strings);
        return Frame.ReadRequestBody<ProduceRequest, ProduceResponse>(ref reader, 9);
    }
}
