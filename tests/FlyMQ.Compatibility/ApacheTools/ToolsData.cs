using System.Text.Json.Nodes;
using FlyMQ.Compatibility.Clients;
using FlyMQ.Compatibility.Results;

namespace FlyMQ.Compatibility.ApacheTools;

/// <summary>Console, performance and verification tools.</summary>
public sealed class ToolsData(ToolProcess tools) : ToolTest(tools)
{
    [Theory]
    [InlineData(Codec.None)]
    [InlineData(Codec.Gzip)]
    [InlineData(Codec.Snappy)]
    [InlineData(Codec.Lz4)]
    [InlineData(Codec.Zstd)]
    [Covers(Feature.Codecs, Feature.Acks)]
    public async Task What_the_console_producer_sends_the_console_consumer_shows(Codec codec)
    {
        var topic = await NewTopicAsync();
        List<string> sent = [];
        foreach (var acks in new[] { "0", "1", "all" })
        {
            List<string> values = [.. Enumerable.Range(0, 30).Select(n => $"{codec} acks {acks} record {n} {new string('x', 100)}")];
            await ProduceAsync(
                topic, string.Join('\n', values), "--compression-codec", HelperClient.CodecName(codec), "--command-property", $"acks={acks}");
            sent.AddRange(values);
        }

        var read = await ReadAsync(topic, sent.Count);

        Assert.Equal(sent.Order(StringComparer.Ordinal), read.Order(StringComparer.Ordinal));
    }

    [Fact]
    [Covers(Feature.RecordFields)]
    public async Task Keys_headers_and_nulls_are_shown_as_they_were_given()
    {
        var topic = await NewTopicAsync();
        await ProduceAsync(
            topic, "trace:abc,empty:\tfull|value\nNONE\ttombstone|NONE",
            "--reader-property", "parse.key=true", "--reader-property", "key.separator=|", "--reader-property", "parse.headers=true",
            "--reader-property", "null.marker=NONE");

        string[] shown = ["print.key", "print.headers", "print.offset", "print.partition"];
        var read = await ReadAsync(topic, 2, [.. shown.SelectMany(name => new[] { "--formatter-property", $"{name}=true" })]);

        Assert.Equal(["Partition:0\tOffset:0\ttrace:abc,empty:\tfull\tvalue", "Partition:0\tOffset:1\tNO_HEADERS\ttombstone\tnull"], read);
    }

    [Fact]
    [Covers(Feature.PerfTools)]
    public async Task The_performance_tools_run_to_their_end()
    {
        var topic = await NewTopicAsync(3);

        var produced = (await RunAsync(
            Tool.ProducerPerformance, "--topic", topic, "--num-records", "50000", "--record-size", "200", "--throughput", "-1",
            "--command-property", "acks=all")).Succeeded();
        Assert.Contains("50000 records sent", produced.Output, StringComparison.Ordinal);

        var consumed = (await RunAsync(Tool.ConsumerPerformance, "--topic", topic, "--num-records", "50000", "--timeout", "30000")).Succeeded();
        var cells = consumed.Lines[^1].Split(", ");
        Assert.Equal("50000", cells[4]);
    }

    [Fact]
    [Covers(Feature.PerfTools, Feature.ManyRecords)]
    public async Task The_verifiable_tools_agree_on_what_was_acknowledged()
    {
        const int count = 100_000;
        var topic = await NewTopicAsync();

        var produced = (await ToolProcess.RunAloneAsync(Tool.VerifiableProducer, "--bootstrap-server", Broker.Address, "--topic", topic, "--max-messages", $"{count}", "--acks", "-1")).Succeeded();
        var acknowledged = produced.Lines.Select(line => JsonNode.Parse(line)!)
            .Where(entry => entry["name"]!.GetValue<string>() == "producer_send_success")
            .Select(entry => (entry["value"]!.GetValue<string>(), entry["offset"]!.GetValue<long>())).ToList();
        Assert.Equal(count, acknowledged.Count);

        var consumed = (await ToolProcess.RunAloneAsync(
            Tool.VerifiableConsumer, "--bootstrap-server", Broker.Address, "--topic", topic, "--group-id", Unique("verify"), "--max-messages", $"{count}",
            "--reset-policy", "earliest", "--verbose")).Succeeded();
        var read = consumed.Lines.Select(line => JsonNode.Parse(line)!)
            .Where(entry => entry["name"]!.GetValue<string>() == "record_data")
            .Select(entry => (entry["value"]!.GetValue<string>(), entry["offset"]!.GetValue<long>())).ToList();
        Assert.Equal(acknowledged.OrderBy(record => record.Item2), read);
        Assert.Equal(Enumerable.Range(0, count).Select(n => $"{n}"), read.Select(record => record.Item1));
    }
}
