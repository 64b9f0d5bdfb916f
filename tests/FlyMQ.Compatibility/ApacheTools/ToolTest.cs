using FlyMQ.Compatibility.Brokers;
using FlyMQ.Compatibility.Processes;
using FlyMQ.Compatibility.Results;
using FlyMQ.Compatibility.Scenarios;

namespace FlyMQ.Compatibility.ApacheTools;

/// <summary>Base of the tests with Apache Kafka's command-line tools.</summary>
[Client(ClientColumns.ApacheTools)]
public abstract class ToolTest(ToolProcess tools) : ClientTest, IClassFixture<ToolProcess>
{
    internal BrokerProcess Broker { get; private set; } = null!;

    internal ToolProcess Tools { get; } = tools;

    public override async ValueTask InitializeAsync()
    {
        JavaHelper.Require();
        Broker = await OpenBrokerAsync();
        Observed = Broker;
    }

    internal virtual Task<BrokerProcess> OpenBrokerAsync() => BrokerPool.GetAsync(ClientColumns.ApacheTools);

    internal Task<ToolRun> RunAsync(string tool, params string[] arguments) => Tools.RunAsync(Broker, tool, arguments);

    internal async Task<string> NewTopicAsync(int partitions = 1)
    {
        var topic = Unique("tools");
        (await RunAsync(Tool.Topics, "--create", "--topic", topic, "--partitions", $"{partitions}")).Succeeded();
        await Until.TrueAsync("the topic is described", async () => (await DescribeAsync(topic)).ExitCode == 0);
        return topic;
    }

    internal Task<ToolRun> DescribeAsync(string topic) => RunAsync(Tool.Topics, "--describe", "--topic", topic);

    internal async Task ProduceAsync(string topic, string lines, params string[] more) =>
        (await Tools.RunAsync(Tool.ConsoleProducer, ["--bootstrap-server", Broker.Address, "--topic", topic, .. more], lines)).Succeeded();

    /// <summary>Reads <paramref name="count"/> records with the console consumer, from the beginning unless the group has an offset.</summary>
    internal async Task<IReadOnlyList<string>> ReadAsync(string topic, int count, params string[] more) =>
        (await RunAsync(
            Tool.ConsoleConsumer,
            ["--topic", topic, "--from-beginning", "--max-messages", $"{count}", "--timeout-ms", "30000", .. more])).Succeeded().Lines;

    internal async Task<string> OffsetsAsync(string topic, string time) =>
        (await RunAsync(Tool.GetOffsets, "--topic", topic, "--time", time)).Succeeded().Output.Trim();
}
