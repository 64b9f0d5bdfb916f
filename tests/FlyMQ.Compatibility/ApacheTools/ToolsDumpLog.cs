using FlyMQ.Compatibility.Brokers;
using FlyMQ.Compatibility.Clients;
using FlyMQ.Compatibility.Results;
using FlyMQ.Compatibility.Scenarios;

namespace FlyMQ.Compatibility.ApacheTools;

/// <summary>What FlyMQ leaves on disk, read by somebody else's program.</summary>
public sealed class ToolsDumpLog(ToolProcess tools) : ToolTest(tools)
{
    internal override Task<BrokerProcess> OpenBrokerAsync() => BrokerProcess.StartAsync();

    [Fact]
    [Covers(Feature.DumpLog)]
    public async Task Segments_indexes_and_snapshots_are_read_by_kafka_dump_log()
    {
        Assert.SkipWhen(SuiteEnvironment.IsKafka, "The folder is FlyMQ's.");
        var topic = await NewTopicAsync();
        await RunAsync(Tool.ProducerPerformance, "--topic", topic, "--num-records", "3000", "--record-size", "500", "--throughput", "-1", "--command-property", "enable.idempotence=true");
        Assert.Equal(0, await Broker.StopAsync());
        var folder = Path.Combine(Broker.DataFolder, "topics", $"{topic}-0");
        var log = Path.Combine(folder, "00000000000000000000.log");

        var records = (await ToolProcess.RunAloneAsync(Tool.DumpLog, "--files", log, "--print-data-log")).Succeeded().Output;
        Assert.Equal(3000, records.Split('\n').Count(line => line.Contains("| offset: ", StringComparison.Ordinal)));
        Assert.DoesNotContain("isvalid: false", records, StringComparison.Ordinal);

        var indexes = (await ToolProcess.RunAloneAsync(Tool.DumpLog, "--files", $"{Path.ChangeExtension(log, ".index")},{Path.ChangeExtension(log, ".timeindex")}")).Succeeded().Output;
        Assert.DoesNotContain("Mismatches", indexes, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("Found timestamp mismatch", indexes, StringComparison.Ordinal);
        Assert.DoesNotContain("out of order", indexes, StringComparison.OrdinalIgnoreCase);

        var snapshot = Assert.Single(Directory.GetFiles(folder, "*.snapshot"));
        Assert.Contains("producerId", (await ToolProcess.RunAloneAsync(Tool.DumpLog, "--files", snapshot)).Succeeded().Output, StringComparison.OrdinalIgnoreCase);
    }
}
