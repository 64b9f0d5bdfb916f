using System.Text.Json;
using System.Text.Json.Nodes;
using FlyMQ.Compatibility.Results;
using FlyMQ.Compatibility.Scenarios;

namespace FlyMQ.Compatibility.ApacheTools;

/// <summary>Topics, configs, offsets and the cluster.</summary>
public sealed class ToolsAdmin(ToolProcess tools) : ToolTest(tools)
{
    [Fact]
    [Covers(Feature.CreateTopics, Feature.DescribeTopics, Feature.DeleteTopics)]
    public async Task Topics_are_created_described_widened_listed_and_deleted()
    {
        var topic = Unique("tools");
        var created = await RunAsync(
            Tool.Topics, "--create", "--topic", topic, "--partitions", "2", "--replication-factor", "1", "--config", "retention.ms=3600000");
        Assert.Contains($"Created topic {topic}.", created.Succeeded().Output, StringComparison.Ordinal);
        await Until.TrueAsync("the topic is described", async () => (await DescribeAsync(topic)).ExitCode == 0);

        var described = (await DescribeAsync(topic)).Succeeded().Output;
        Assert.Contains("PartitionCount: 2", described, StringComparison.Ordinal);
        Assert.Contains("ReplicationFactor: 1", described, StringComparison.Ordinal);
        Assert.Contains("retention.ms=3600000", described, StringComparison.Ordinal);
        Assert.Matches("Partition: 1\tLeader: 1\tReplicas: 1\tIsr: 1", described);

        (await RunAsync(Tool.Topics, "--alter", "--topic", topic, "--partitions", "5")).Succeeded();
        await Until.TrueAsync("there are five", async () => (await DescribeAsync(topic)).Output.Contains("PartitionCount: 5", StringComparison.Ordinal));
        Assert.Contains(topic, (await RunAsync(Tool.Topics, "--list")).Succeeded().Lines);

        (await RunAsync(Tool.Topics, "--delete", "--topic", topic)).Succeeded();
        await Until.TrueAsync("the topic is gone", async () => !(await RunAsync(Tool.Topics, "--list")).Lines.Contains(topic));
        Assert.Contains("does not exist", (await RunAsync(Tool.Topics, "--delete", "--topic", topic)).Output, StringComparison.Ordinal);
    }

    [Fact]
    [Covers(Feature.CreateTopics)]
    public async Task What_cannot_be_created_is_refused_with_its_reason()
    {
        var topic = await NewTopicAsync();

        var again = await RunAsync(Tool.Topics, "--create", "--topic", topic);
        Assert.Contains("already exists", again.Output, StringComparison.Ordinal);
        var replicas = await RunAsync(Tool.Topics, "--create", "--topic", Unique("rf"), "--replication-factor", "3");
        Assert.Contains("Unable to replicate the partition 3 time(s)", replicas.Output + replicas.Error, StringComparison.Ordinal);
        var fewer = await RunAsync(Tool.Topics, "--alter", "--topic", topic, "--partitions", "1");
        Assert.Contains("already has 1 partition(s)", fewer.Output + fewer.Error, StringComparison.Ordinal);
    }

    [Fact]
    [Covers(Feature.AlterTopics, Feature.DescribeTopics)]
    public async Task Topic_configs_are_set_shown_and_taken_back()
    {
        var topic = await NewTopicAsync();
        string[] entity = ["--entity-type", "topics", "--entity-name", topic];

        (await RunAsync(Tool.Configs, [.. entity, "--alter", "--add-config", "retention.ms=7200000,cleanup.policy=[compact,delete]"])).Succeeded();

        await Until.TrueAsync(
            "the configs are shown",
            async () => (await RunAsync(Tool.Configs, [.. entity, "--describe"])).Output.Contains("retention.ms=7200000", StringComparison.Ordinal));
        Assert.Contains("cleanup.policy=compact,delete", (await RunAsync(Tool.Configs, [.. entity, "--describe"])).Output, StringComparison.Ordinal);
        var all = (await RunAsync(Tool.Configs, [.. entity, "--describe", "--all"])).Succeeded().Output;
        Assert.Contains("max.message.bytes=1048588 sensitive=false synonyms={DEFAULT_CONFIG:message.max.bytes=1048588}", all, StringComparison.Ordinal);

        (await RunAsync(Tool.Configs, [.. entity, "--alter", "--delete-config", "retention.ms,cleanup.policy"])).Succeeded();
        await Until.TrueAsync(
            "the configs are gone",
            async () => !(await RunAsync(Tool.Configs, [.. entity, "--describe"])).Output.Contains("retention.ms", StringComparison.Ordinal));
    }

    [Fact]
    [Covers(Feature.AlterTopics)]
    public async Task A_config_out_of_range_is_refused()
    {
        var topic = await NewTopicAsync();

        var run = await RunAsync(
            Tool.Configs, "--entity-type", "topics", "--entity-name", topic, "--alter", "--add-config", "min.cleanable.dirty.ratio=2");

        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains("InvalidConfigurationException", run.Output + run.Error, StringComparison.Ordinal);
    }

    [Fact]
    [Covers(Feature.ClusterInfo)]
    public async Task Broker_configs_are_set_shown_and_taken_back()
    {
        string[] entity = ["--entity-type", "brokers", "--entity-name", "1"];

        (await RunAsync(Tool.Configs, [.. entity, "--alter", "--add-config", "log.cleaner.delete.retention.ms=86300000"])).Succeeded();

        await Until.TrueAsync(
            "the config is shown",
            async () => (await RunAsync(Tool.Configs, [.. entity, "--describe"])).Output
                .Contains("log.cleaner.delete.retention.ms=86300000", StringComparison.Ordinal));
        (await RunAsync(Tool.Configs, [.. entity, "--alter", "--delete-config", "log.cleaner.delete.retention.ms"])).Succeeded();
        await Until.TrueAsync(
            "the config is gone",
            async () => !(await RunAsync(Tool.Configs, [.. entity, "--describe"])).Output.Contains("86300000", StringComparison.Ordinal));
    }

    [Fact]
    [Covers(Feature.ClusterInfo)]
    public async Task The_cluster_tells_its_id_its_versions_and_its_quorum()
    {
        Assert.Matches("Cluster ID: [A-Za-z0-9_-]{22}", (await Tools.RunAsync(Tool.Cluster, ["cluster-id", "--bootstrap-server", Broker.Address])).Succeeded().Output);

        var versions = (await RunAsync(Tool.BrokerApiVersions)).Succeeded().Output;
        Assert.Contains($"{Broker.Address} (id: 1 rack: null", versions, StringComparison.Ordinal);
        Assert.Matches(@"Produce\(0\): \d+ to \d+", versions);

        var quorum = (await RunAsync(Tool.MetadataQuorum, "describe", "--status")).Succeeded().Output;
        Assert.Matches(@"LeaderId:\s+1", quorum);
    }

    [Fact]
    [Covers(Feature.ClusterInfo)]
    public async Task Elections_and_reassignments_find_nothing_to_do()
    {
        var topic = await NewTopicAsync();

        var election = await RunAsync(Tool.LeaderElection, "--election-type", "preferred", "--topic", topic, "--partition", "0");
        Assert.Contains("Valid replica already elected", election.Succeeded().Output, StringComparison.Ordinal);

        Assert.Contains("No partition reassignments found", (await RunAsync(Tool.Reassign, "--list")).Succeeded().Output, StringComparison.Ordinal);
    }

    [Fact]
    [Covers(Feature.OffsetsForTimes)]
    public async Task Offsets_are_found_by_place_and_by_time()
    {
        var topic = await NewTopicAsync(2);
        await ProduceAsync(topic, "a\nb\nc\nd");
        var total = (await OffsetsAsync(topic, "latest")).Split('\n').Sum(line => int.Parse(line.Split(':')[2], null));
        Assert.Equal(4, total);

        Assert.Equal($"{topic}:0:0\n{topic}:1:0", await OffsetsAsync(topic, "earliest"));
        // A partition without records has none at any time.
        Assert.All((await OffsetsAsync(topic, "1")).Split('\n'), line => Assert.EndsWith(":0", line, StringComparison.Ordinal));
        var newest = (await OffsetsAsync(topic, "max-timestamp")).Split('\n').Select(line => int.Parse(line.Split(':')[2], null)).ToList();
        Assert.Contains(newest, offset => offset >= 0);
    }

    [Fact]
    [Covers(Feature.DeleteRecords)]
    public async Task Records_are_deleted_from_the_beginning()
    {
        var topic = await NewTopicAsync();
        await ProduceAsync(topic, "a\nb\nc\nd");
        var file = Path.Combine(Broker.Folder, $"{topic}.json");
        await File.WriteAllTextAsync(
            file, $$"""{"partitions": [{"topic": "{{topic}}", "partition": 0, "offset": 3}], "version": 1}""", TestContext.Current.CancellationToken);

        var run = (await RunAsync(Tool.DeleteRecords, "--offset-json-file", file)).Succeeded();

        Assert.Contains($"partition: {topic}-0\tlow_watermark: 3", run.Output, StringComparison.Ordinal);
        Assert.Equal($"{topic}:0:3", await OffsetsAsync(topic, "earliest"));
        Assert.Equal(["d"], await ReadAsync(topic, 1));
    }

    [Fact]
    [Covers(Feature.LogDirs)]
    public async Task Log_folders_tell_the_size_of_each_partition()
    {
        var topic = await NewTopicAsync(2);
        await ProduceAsync(topic, string.Join('\n', Enumerable.Range(0, 100).Select(n => $"{n} {new string('x', 100)}")));

        var run = (await RunAsync(Tool.LogDirs, "--describe", "--topic-list", topic)).Succeeded();

        var described = JsonNode.Parse(run.Lines.Single(line => line.StartsWith('{')))!;
        var folder = Assert.Single(Assert.Single(described["brokers"]!.AsArray())!["logDirs"]!.AsArray())!;
        Assert.Equal(JsonValueKind.Null, folder["error"]?.GetValueKind() ?? JsonValueKind.Null);
        var partitions = folder["partitions"]!.AsArray();
        Assert.Equal([$"{topic}-0", $"{topic}-1"], partitions.Select(partition => partition!["partition"]!.GetValue<string>()).Order(StringComparer.Ordinal));
        Assert.True(partitions.Sum(partition => partition!["size"]!.GetValue<long>()) > 10_000, run.Output);
    }
}
