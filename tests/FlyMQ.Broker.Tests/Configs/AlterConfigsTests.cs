using FlyMQ.Broker.Tests.Running;
using FlyMQ.Protocol;
using FlyMQ.Protocol.Messages.Configs;

namespace FlyMQ.Broker.Tests.Configs;

public sealed class AlterConfigsTests(TestBroker broker) : IClassFixture<TestBroker>
{
    private const sbyte Topic = 2, Broker = 4, Group = 32;
    private const sbyte Set = 0, Delete = 1, Append = 2, Subtract = 3;

    [Fact]
    public async Task Keys_are_set_and_deleted_one_by_one_and_what_is_not_named_stays()
    {
        await using var client = await broker.ConnectAsync();
        await client.CreateAsync("stepwise", 1, ("retention.ms", "1000"));
        Assert.Equal(ErrorCode.None, await AlterAsync(client, Topic, "stepwise", ("flush.ms", Set, "5")));
        Assert.Equal("flush.ms=5 retention.ms=1000", Overrides("stepwise"));
        Assert.Equal(ErrorCode.None, await AlterAsync(client, Topic, "stepwise", ("retention.ms", Delete, null), ("flush.ms", Set, "6")));
        Assert.Equal("flush.ms=6", Overrides("stepwise"));
    }

    [Fact]
    public async Task Lists_are_appended_to_and_subtracted_from_beginning_with_their_default()
    {
        await using var client = await broker.ConnectAsync();
        await client.CreateAsync("listed");
        Assert.Equal(ErrorCode.None, await AlterAsync(client, Topic, "listed", ("cleanup.policy", Append, "compact")));
        Assert.Equal("cleanup.policy=delete,compact", Overrides("listed"));
        Assert.Equal(ErrorCode.None, await AlterAsync(client, Topic, "listed", ("cleanup.policy", Append, "compact")));
        Assert.Equal("cleanup.policy=delete,compact", Overrides("listed"));
        Assert.Equal(ErrorCode.None, await AlterAsync(client, Topic, "listed", ("cleanup.policy", Subtract, "delete")));
        Assert.Equal("cleanup.policy=compact", Overrides("listed"));
    }

    [Fact]
    public async Task A_change_holds_from_the_next_request_on()
    {
        await using var client = await broker.ConnectAsync();
        await client.CreateAsync("limited");
        await client.AppendAsync("limited", Batches.OfSize(5000));
        Assert.Equal(ErrorCode.None, await AlterAsync(client, Topic, "limited", ("max.message.bytes", Set, "1000")));
        Assert.Equal(ErrorCode.MessageTooLarge, (await client.ProduceAsync("limited", Batches.OfSize(5000))).ErrorCode);
        Assert.Equal(ErrorCode.None, await AlterAsync(client, Topic, "limited", ("max.message.bytes", Delete, null)));
        await client.AppendAsync("limited", Batches.OfSize(5000));
    }

    [Fact]
    public async Task What_is_set_on_all_brokers_holds_for_topics_that_say_nothing()
    {
        await using var client = await broker.ConnectAsync();
        await client.CreateAsync("silent");
        await client.CreateAsync("outspoken", 1, ("message.timestamp.type", "CreateTime"));
        Assert.Equal(ErrorCode.None, await AlterAsync(client, Broker, "", ("log.message.timestamp.type", Set, "LogAppendTime")));
        Assert.NotEqual(-1, (await client.ProduceAsync("silent", Batches.Of("a"))).LogAppendTimeMs);
        Assert.Equal(-1, (await client.ProduceAsync("outspoken", Batches.Of("a"))).LogAppendTimeMs);
        Assert.Equal(ErrorCode.None, await AlterAsync(client, Broker, "", ("log.message.timestamp.type", Delete, null)));
        Assert.Equal(-1, (await client.ProduceAsync("silent", Batches.Of("a"))).LogAppendTimeMs);
    }

    [Theory]
    [InlineData("no.such.key", Set, "1", ErrorCode.InvalidConfig)]
    [InlineData("retention.ms", Set, "soon", ErrorCode.InvalidConfig)]
    [InlineData("retention.ms", Set, "-2", ErrorCode.InvalidConfig)]
    [InlineData("retention.ms", Append, "5", ErrorCode.InvalidConfig)]
    [InlineData("retention.ms", Subtract, "5", ErrorCode.InvalidConfig)]
    [InlineData("cleanup.policy", Append, "shred", ErrorCode.InvalidConfig)]
    [InlineData("retention.ms", Set, null, ErrorCode.InvalidRequest)]
    [InlineData("cleanup.policy", Append, null, ErrorCode.InvalidRequest)]
    [InlineData("retention.ms", 9, "5", ErrorCode.InvalidRequest)]
    public async Task What_cannot_be_is_refused_with_a_reason_and_nothing_of_the_resource_changes(string key, sbyte operation, string? value, ErrorCode expected)
    {
        await using var client = await broker.ConnectAsync();
        var topic = $"refusing-{key}-{operation}-{value}";
        await client.CreateAsync(topic, 1, ("flush.ms", "5"));
        Assert.Equal(expected, await AlterAsync(client, Topic, topic, ("flush.ms", Set, "6"), (key, operation, value)));
        Assert.Equal("flush.ms=5", Overrides(topic));
    }

    [Fact]
    public async Task A_key_or_a_resource_that_is_named_twice_is_refused()
    {
        await using var client = await broker.ConnectAsync();
        await client.CreateAsync("doubled");
        await client.CreateAsync("single");
        Assert.Equal(ErrorCode.InvalidRequest, await AlterAsync(client, Topic, "doubled", ("flush.ms", Set, "5"), ("flush.ms", Set, "6")));
        IncrementalAlterConfigsRequest.AlterConfigsResource Of(string topic) => new() { ResourceType = Topic, ResourceName = topic, Configs = [new() { Name = "flush.ms", Value = "5" }] };
        var response = await client.AskAsync(new IncrementalAlterConfigsRequest { Resources = [Of("doubled"), Of("single"), Of("doubled")] });
        Assert.Equal([ErrorCode.InvalidRequest, ErrorCode.None, ErrorCode.InvalidRequest], response.Responses.Select(r => r.ErrorCode));
        Assert.Equal(("", "flush.ms=5"), (Overrides("doubled"), Overrides("single")));
    }

    [Fact]
    public async Task What_is_only_validated_changes_nothing()
    {
        await using var client = await broker.ConnectAsync();
        await client.CreateAsync("validated");
        Assert.Equal(ErrorCode.None, await AlterAsync(client, Topic, "validated", validateOnly: true, ("flush.ms", Set, "5")));
        Assert.Equal(ErrorCode.InvalidConfig, await AlterAsync(client, Topic, "validated", validateOnly: true, ("flush.ms", Set, "later")));
        Assert.Equal("", Overrides("validated"));
    }

    [Theory]
    [InlineData(Topic, "missing", "flush.ms", "5", ErrorCode.UnknownTopicOrPartition)]
    [InlineData(Broker, "8", "max.connections", "5", ErrorCode.InvalidRequest)]
    [InlineData(Broker, "7", "node.id", "5", ErrorCode.InvalidRequest)]
    [InlineData(Broker, "", "listeners", "PLAINTEXT://:1", ErrorCode.InvalidRequest)]
    [InlineData(Broker, "7", "max.connections", "-5", ErrorCode.InvalidConfig)]
    [InlineData(8, "7", "kafka", "DEBUG", ErrorCode.InvalidRequest)]
    [InlineData(99, "x", "x", "x", ErrorCode.InvalidRequest)]
    [InlineData(Group, "", "consumer.session.timeout.ms", "50000", ErrorCode.InvalidRequest)]
    [InlineData(Group, "any", "consumer.session.timeout.ms", "50000", ErrorCode.None)]
    public async Task Only_what_can_be_changed_while_the_broker_runs_is(sbyte type, string name, string key, string value, ErrorCode expected)
    {
        await using var client = await broker.ConnectAsync();
        Assert.Equal(expected, await AlterAsync(client, type, name, (key, Set, value)));
    }

    [Fact]
    public async Task AlterConfigs_replaces_all_there_is()
    {
        await using var client = await broker.ConnectAsync();
        await client.CreateAsync("replaced", 1, ("retention.ms", "1000"), ("flush.ms", "5"));
        async Task<ErrorCode> ReplaceAsync(params (string Name, string? Value)[] configs) => Assert.Single((await client.AskAsync(new AlterConfigsRequest
        {
            Resources = [new() { ResourceType = Topic, ResourceName = "replaced", Configs = [.. configs.Select(c => new AlterConfigsRequest.AlterableConfig { Name = c.Name, Value = c.Value })] }],
        })).Responses).ErrorCode;

        Assert.Equal(ErrorCode.InvalidConfig, await ReplaceAsync(("no.such.key", "1")));
        Assert.Equal(ErrorCode.InvalidRequest, await ReplaceAsync(("flush.ms", null)));
        Assert.Equal("flush.ms=5 retention.ms=1000", Overrides("replaced"));
        Assert.Equal(ErrorCode.None, await ReplaceAsync(("flush.ms", "6")));
        Assert.Equal("flush.ms=6", Overrides("replaced"));
        Assert.Equal(ErrorCode.None, await ReplaceAsync());
        Assert.Equal("", Overrides("replaced"));
    }

    internal static Task<ErrorCode> AlterAsync(Client client, sbyte type, string name, params (string Key, sbyte Operation, string? Value)[] changes)
        => AlterAsync(client, type, name, validateOnly: false, changes);

    private static async Task<ErrorCode> AlterAsync(Client client, sbyte type, string name, bool validateOnly, params (string Key, sbyte Operation, string? Value)[] changes)
    {
        var response = await client.AskAsync(new IncrementalAlterConfigsRequest
        {
            Resources =
            [
                new()
                {
                    ResourceType = type,
                    ResourceName = name,
                    Configs = [.. changes.Select(c => new IncrementalAlterConfigsRequest.AlterableConfig { Name = c.Key, ConfigOperation = c.Operation, Value = c.Value })],
                },
            ],
            ValidateOnly = validateOnly,
        });
        var answer = Assert.Single(response.Responses);
        Assert.Equal((type, name, answer.ErrorCode == ErrorCode.None), (answer.ResourceType, answer.ResourceName, answer.ErrorMessage is null));
        return answer.ErrorCode;
    }

    private string Overrides(string topic) => string.Join(' ', broker.Metadata.Image.TopicOrNull(topic)!.Configs.Select(c => $"{c.Key}={c.Value}"));
}
