using System.Buffers;
using System.Text.Json.Nodes;
using FlyMQ.Protocol.Messages;
using FlyMQ.Protocol.Tests.Messages;
using FlyMQ.Protocol.Wire;

namespace FlyMQ.Protocol.Tests.Golden;

/// <summary>Frames that kcat, kafkajs, kafka-python and Apache Kafka's clients and broker exchanged.</summary>
public sealed class GoldenFrameTests
{
    public static TheoryData<string> Files => new(GoldenFrame.Files);

    [Theory, MemberData(nameof(Files))]
    public void A_captured_frame_reads_as_Kafka_reads_it_and_is_written_as_it_was_sent(string file) => Assert.All(GoldenFrame.Load(file), golden =>
    {
        var codec = MessageCodec.All[golden.Message];
        var api = ApiTable.Find(Enum.Parse<ApiKey>(golden.Api))!;
        var output = new ArrayBufferWriter<byte>();
        var writer = new WireWriter(output);
        var reader = new WireReader(golden.Frame);
        if (golden.IsRequest)
        {
            var header = RequestHeader.Read(ref reader);
            Assert.Equal((api.Key, golden.Version, golden.CorrelationId), (header.ApiKey, header.ApiVersion, header.CorrelationId));
            header.Write(ref writer, api.RequestHeaderVersion(golden.Version));
        }
        else
        {
            var headerVersion = api.ResponseHeaderVersion(golden.Version);
            var header = ResponseHeader.Read(ref reader, headerVersion);
            Assert.Equal(golden.CorrelationId, header.CorrelationId);
            header.Write(ref writer, headerVersion);
        }

        var message = codec.Read(golden.Frame[^(int)reader.Remaining..], golden.Version);
        message.Write(ref writer, golden.Version);
        writer.Flush();

        Expect(golden.Values, KafkaJson.Of(message, codec.Layout.Fields, golden.Version));
        Assert.Equal(Convert.ToHexStringLower(golden.Frame), Convert.ToHexStringLower(output.WrittenSpan));
    });

    private static void Expect(string expected, JsonObject actual)
    {
        // Printed and read again, so that numbers of both sides are of one kind.
        if (!JsonNode.DeepEquals(JsonNode.Parse(expected), JsonNode.Parse(actual.ToJsonString())))
        {
            Assert.Equal(JsonNode.Parse(expected)!.ToJsonString(), actual.ToJsonString());
        }
    }
}
