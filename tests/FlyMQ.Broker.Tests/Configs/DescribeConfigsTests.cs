using FlyMQ.Broker.Tests.Running;
using FlyMQ.Protocol;
using FlyMQ.Protocol.Messages.Configs;
using Config = FlyMQ.Protocol.Messages.Configs.DescribeConfigsResponse.DescribeConfigsResourceResult;

namespace FlyMQ.Broker.Tests.Configs;

/// <summary>A broker whose configuration file says something about topics.</summary>
public sealed class ConfiguredBroker : TestBroker
{
    protected override IReadOnlyDictionary<string, string> StaticConfigs => new Dictionary<string, string> { ["log.retention.hours"] = "24", ["node.id"] = "7" };
}

public sealed class DescribeConfigsTests(ConfiguredBroker broker) : IClassFixture<ConfiguredBroker>
{
    private const sbyte Topic = 2, Broker = 4, BrokerLogger = 8, ClientMetrics = 16, Group = 32;
    private const sbyte OfTopic = 1, OfAllBrokers = 3, OfFile = 4, OfDefault = 5;

    [Fact]
    public async Task Every_value_says_where_it_is_set_and_where_else_it_would_be()
    {
        await using var client = await broker.ConnectAsync();
        await client.CreateAsync("sourced", 1, ("retention.ms", "1000"));
        await client.CreateAsync("unsourced");

        var own = await OneAsync(client, "sourced", "retention.ms");
        Assert.Equal(("1000", OfTopic), (own.Value, own.ConfigSource));
        Assert.Equal(
            [("retention.ms", "1000", OfTopic), ("log.retention.hours", "24", OfFile), ("log.retention.hours", "168", OfDefault)],
            own.Synonyms.Select(s => (s.Name, s.Value!, s.Source)));

        // The file's hours, in the unit of the topic's key.
        var ofFile = await OneAsync(client, "unsourced", "retention.ms");
        Assert.Equal(("86400000", OfFile), (ofFile.Value, ofFile.ConfigSource));

        var ofDefault = await OneAsync(client, "unsourced", "max.message.bytes");
        Assert.Equal(("1048588", OfDefault), (ofDefault.Value, ofDefault.ConfigSource));
        Assert.Equal([("message.max.bytes", "1048588", OfDefault)], ofDefault.Synonyms.Select(s => (s.Name, s.Value!, s.Source)));
    }

    [Fact]
    public async Task What_was_set_on_all_brokers_is_between_the_topics_own_and_the_files()
    {
        await using var client = await broker.ConnectAsync();
        await client.CreateAsync("inheriting");
        Assert.Equal(ErrorCode.None, await AlterConfigsTests.AlterAsync(client, Broker, "", ("log.segment.bytes", 0, "2097152")));
        var config = await OneAsync(client, "inheriting", "segment.bytes");
        Assert.Equal(("2097152", OfAllBrokers), (config.Value, config.ConfigSource));
        Assert.Equal([OfAllBrokers, OfDefault], config.Synonyms.Select(s => s.Source));

        var all = Assert.Single((await client.AskAsync(new DescribeConfigsRequest { Resources = [new() { ResourceType = Broker, ResourceName = "" }] })).Results);
        Assert.Contains(all.Configs, c => c is { Name: "log.segment.bytes", Value: "2097152", ConfigSource: OfAllBrokers, ReadOnly: false });
    }

    [Fact]
    public async Task Synonyms_and_documentation_come_on_request()
    {
        await using var client = await broker.ConnectAsync();
        await client.CreateAsync("documented");
        async Task<Config> AskAsync(bool wanted) => Assert.Single(Assert.Single((await client.AskAsync(new DescribeConfigsRequest
        {
            Resources = [new() { ResourceType = Topic, ResourceName = "documented", ConfigurationKeys = ["retention.ms"] }], IncludeSynonyms = wanted, IncludeDocumentation = wanted,
        })).Results).Configs);

        var brief = await AskAsync(false);
        Assert.Equal((null, 0), (brief.Documentation, brief.Synonyms.Count));
        var full = await AskAsync(true);
        Assert.NotEmpty(full.Documentation!);
        Assert.NotEmpty(full.Synonyms);
    }

    [Fact]
    public async Task Without_keys_every_key_of_the_topic_is_told_with_its_type()
    {
        await using var client = await broker.ConnectAsync();
        await client.CreateAsync("whole");
        foreach (var keys in new List<string>?[] { null, [] })
        {
            var result = Assert.Single((await client.AskAsync(new DescribeConfigsRequest { Resources = [new() { ResourceType = Topic, ResourceName = "whole", ConfigurationKeys = keys }] })).Results);
            var types = result.Configs.ToDictionary(c => c.Name, c => c.ConfigType);
            // KIP-569: boolean, string, int, short, long, double, list.
            Assert.Equal(
                (1, 2, 3, 5, 6, 7),
                (types["preallocate"], types["compression.type"], types["max.message.bytes"], types["retention.ms"], types["min.cleanable.dirty.ratio"], types["cleanup.policy"]));
            Assert.All(result.Configs, c => Assert.Equal((false, false), (c.ReadOnly, c.IsSensitive)));
        }
    }

    [Fact]
    public async Task A_key_that_is_asked_for_and_unknown_is_left_out()
    {
        await using var client = await broker.ConnectAsync();
        await client.CreateAsync("picked");
        var result = Assert.Single((await client.AskAsync(new DescribeConfigsRequest
        {
            Resources = [new() { ResourceType = Topic, ResourceName = "picked", ConfigurationKeys = ["retention.ms", "no.such.key"] }],
        })).Results);
        Assert.Equal(["retention.ms"], result.Configs.Select(c => c.Name));
    }

    [Fact]
    public async Task Of_the_broker_what_cannot_be_changed_is_read_only()
    {
        await using var client = await broker.ConnectAsync();
        var result = Assert.Single((await client.AskAsync(new DescribeConfigsRequest { Resources = [new() { ResourceType = Broker, ResourceName = "7" }] })).Results);
        var configs = result.Configs.ToDictionary(c => c.Name, c => (c.Value, c.ReadOnly, c.ConfigSource));
        Assert.Equal(("7", true, OfFile), configs["node.id"]);
        Assert.Equal(("24", true, OfFile), configs["log.retention.hours"]);
        Assert.False(configs["max.connections"].ReadOnly);
    }

    [Theory]
    [InlineData(Topic, "missing", ErrorCode.UnknownTopicOrPartition)]
    [InlineData(Broker, "8", ErrorCode.InvalidRequest)]
    [InlineData(Broker, "seven", ErrorCode.InvalidRequest)]
    [InlineData(BrokerLogger, "7", ErrorCode.InvalidRequest)]
    [InlineData(0, "x", ErrorCode.InvalidRequest)]
    [InlineData(99, "x", ErrorCode.InvalidRequest)]
    [InlineData(Group, "", ErrorCode.InvalidRequest)]
    [InlineData(Group, "any", ErrorCode.None)]
    [InlineData(ClientMetrics, "any", ErrorCode.None)]
    public async Task A_resource_this_broker_cannot_speak_for_is_refused(sbyte type, string name, ErrorCode expected)
    {
        await using var client = await broker.ConnectAsync();
        var result = Assert.Single((await client.AskAsync(new DescribeConfigsRequest { Resources = [new() { ResourceType = type, ResourceName = name }] })).Results);
        Assert.Equal((expected, type, name), (result.ErrorCode, result.ResourceType, result.ResourceName));
        Assert.Equal(expected == ErrorCode.None, result.Configs.Count > 0);
    }

    private static async Task<Config> OneAsync(Client client, string topic, string key)
    {
        var response = await client.AskAsync(new DescribeConfigsRequest { Resources = [new() { ResourceType = Topic, ResourceName = topic, ConfigurationKeys = [key] }], IncludeSynonyms = true });
        return Assert.Single(Assert.Single(response.Results).Configs);
    }
}
