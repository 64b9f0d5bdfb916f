using FlyMQ.Broker.Tests.Running;
using FlyMQ.Broker.Topics;
using FlyMQ.Protocol;
using FlyMQ.Protocol.Messages.Topics;
using CreatableTopic = FlyMQ.Protocol.Messages.Topics.CreateTopicsRequest.CreatableTopic;
using CreatableTopicResult = FlyMQ.Protocol.Messages.Topics.CreateTopicsResponse.CreatableTopicResult;

namespace FlyMQ.Broker.Tests.Topics;

public sealed class CreateTopicsTests(CreateTopicsTests.ThreePartitionsBroker broker) : IClassFixture<CreateTopicsTests.ThreePartitionsBroker>
{
    [Fact]
    public async Task A_topic_can_be_written_to_as_soon_as_it_is_answered()
    {
        await using var client = await broker.ConnectAsync();
        var created = await CreateAsync(client, new CreatableTopic { Name = "at-once", NumPartitions = 5, ReplicationFactor = 1 });
        Assert.Equal((ErrorCode.None, null, 5, (short)1), (created.ErrorCode, created.ErrorMessage, created.NumPartitions, created.ReplicationFactor));
        Assert.Equal(broker.Metadata.Image.TopicOrNull("at-once")!.Id, created.TopicId);
        Assert.Equal(0, await client.AppendAsync("at-once", Batches.Of("a"), partition: 4));
    }

    [Fact]
    public async Task Minus_1_means_the_brokers_defaults()
    {
        await using var client = await broker.ConnectAsync();
        var created = await CreateAsync(client, new CreatableTopic { Name = "defaults", NumPartitions = -1, ReplicationFactor = -1 });
        Assert.Equal((ErrorCode.None, 3, (short)1), (created.ErrorCode, created.NumPartitions, created.ReplicationFactor));
    }

    [Fact]
    public async Task The_answer_tells_what_holds_for_the_topic()
    {
        await using var client = await broker.ConnectAsync();
        var created = await CreateAsync(client, new CreatableTopic { Name = "configured", NumPartitions = 1, ReplicationFactor = 1, Configs = [new() { Name = "retention.ms", Value = "1000" }] });
        var configs = created.Configs!.ToDictionary(c => c.Name, c => (c.Value, c.ConfigSource));
        Assert.Equal(("1000", (sbyte)1), configs["retention.ms"]);
        Assert.Equal(("delete", (sbyte)5), configs["cleanup.policy"]);
    }

    [Fact]
    public async Task What_is_only_validated_is_judged_and_not_created()
    {
        await using var client = await broker.ConnectAsync();
        var judged = await CreateAsync(client, new CreatableTopic { Name = "only-judged", NumPartitions = 2, ReplicationFactor = 1 }, validateOnly: true);
        Assert.Equal((ErrorCode.None, 2), (judged.ErrorCode, judged.NumPartitions));
        Assert.Null(broker.Metadata.Image.TopicOrNull("only-judged"));
        Assert.Equal(ErrorCode.InvalidReplicationFactor, (await CreateAsync(client, new CreatableTopic { Name = "only-judged", NumPartitions = 2, ReplicationFactor = 2 }, validateOnly: true)).ErrorCode);
    }

    [Fact]
    public async Task Replicas_go_where_they_are_told()
    {
        await using var client = await broker.ConnectAsync();
        var created = await CreateAsync(client, Told("told", (1, [TestBroker.NodeId]), (0, [TestBroker.NodeId])));
        Assert.Equal((ErrorCode.None, 2, (short)1), (created.ErrorCode, created.NumPartitions, created.ReplicationFactor));
        Assert.Equal(0, await client.AppendAsync("told", Batches.Of("a"), partition: 1));
    }

    public static TheoryData<string, int, int[]> WrongAssignments => new()
    {
        { "a gap", 1, [TestBroker.NodeId] },
        { "a negative partition", -1, [TestBroker.NodeId] },
        { "no replica", 0, [] },
        { "one twice", 0, [TestBroker.NodeId, TestBroker.NodeId] },
        { "an unknown broker", 0, [8] },
        { "a negative broker", 0, [-1] },
        { "a known and a negative broker", 0, [TestBroker.NodeId, -5] },
    };

    [Theory, MemberData(nameof(WrongAssignments))]
    public async Task An_assignment_that_cannot_be_is_refused(string what, int partition, int[] brokers)
    {
        await using var client = await broker.ConnectAsync();
        var name = "assigned-" + what.Replace(' ', '-');
        Assert.Equal(ErrorCode.InvalidReplicaAssignment, (await CreateAsync(client, Told(name, (partition, brokers)))).ErrorCode);
        Assert.Equal(ErrorCode.InvalidReplicaAssignment, (await CreateAsync(client, Told(name, (partition, brokers)), validateOnly: true)).ErrorCode);
    }

    [Fact]
    public async Task Who_assigns_does_not_count_as_well()
    {
        await using var client = await broker.ConnectAsync();
        foreach (var (partitions, replicas) in new[] { (1, -1), (-1, 1) })
        {
            var topic = Told("counted", (0, [TestBroker.NodeId]));
            (topic.NumPartitions, topic.ReplicationFactor) = (partitions, (short)replicas);
            Assert.Equal(ErrorCode.InvalidRequest, (await CreateAsync(client, topic)).ErrorCode);
        }
    }

    [Theory]
    [InlineData(0, 1, ErrorCode.InvalidPartitions)]
    [InlineData(-2, 1, ErrorCode.InvalidPartitions)]
    [InlineData(1, 0, ErrorCode.InvalidReplicationFactor)]
    [InlineData(1, -2, ErrorCode.InvalidReplicationFactor)]
    [InlineData(1, 2, ErrorCode.InvalidReplicationFactor)]
    [InlineData(10_001, 1, ErrorCode.PolicyViolation)]
    public async Task Numbers_that_cannot_be_are_refused_with_a_reason(int partitions, short replicas, ErrorCode expected)
    {
        await using var client = await broker.ConnectAsync();
        var refused = await CreateAsync(client, new CreatableTopic { Name = "numbers", NumPartitions = partitions, ReplicationFactor = replicas });
        Assert.Equal((expected, Guid.Empty, -1), (refused.ErrorCode, refused.TopicId, refused.NumPartitions));
        Assert.NotEmpty(refused.ErrorMessage!);
        Assert.Null(broker.Metadata.Image.TopicOrNull("numbers"));
    }

    public static TheoryData<string> WrongNames => new("", ".", "..", "a b", "a/b", "ä", "a:b", "a\0b", new string('x', 250));

    [Theory, MemberData(nameof(WrongNames))]
    public async Task A_name_that_no_topic_may_have_is_refused(string name)
    {
        await using var client = await broker.ConnectAsync();
        Assert.Equal(ErrorCode.InvalidTopicException, (await CreateAsync(client, New(name))).ErrorCode);
    }

    public static TheoryData<string> RightNames => new("a", "...", "A-Z_0.9", "__mine", new string('x', 249));

    [Theory, MemberData(nameof(RightNames))]
    public async Task Any_other_name_is_fine(string name)
    {
        await using var client = await broker.ConnectAsync();
        Assert.Equal(ErrorCode.None, (await CreateAsync(client, New(name))).ErrorCode);
        await client.AppendAsync(name, Batches.Of("a"));
    }

    [Fact]
    public async Task Names_that_differ_by_dots_and_underscores_alone_collide()
    {
        await using var client = await broker.ConnectAsync();
        Assert.Equal(ErrorCode.None, (await CreateAsync(client, New("metrics.of_all"))).ErrorCode);
        foreach (var name in new[] { "metrics_of_all", "metrics.of.all", "metrics_of.all" })
        {
            Assert.Equal(ErrorCode.InvalidTopicException, (await CreateAsync(client, New(name))).ErrorCode);
        }

        Assert.Equal(ErrorCode.None, (await CreateAsync(client, New("metrics-of-all"))).ErrorCode);
        // Also when both are new.
        var both = await client.AskAsync(new CreateTopicsRequest { Topics = [New("both.new"), New("both_new")] });
        Assert.Equal([ErrorCode.None, ErrorCode.InvalidTopicException], both.Topics.Select(t => t.ErrorCode));
    }

    [Fact]
    public async Task A_topic_named_twice_is_refused_and_the_others_are_created()
    {
        await using var client = await broker.ConnectAsync();
        var response = await client.AskAsync(new CreateTopicsRequest { Topics = [New("twice"), New("once"), New("twice")] });
        Assert.Equal(
            [("once", ErrorCode.None), ("twice", ErrorCode.InvalidRequest)],
            response.Topics.Select(t => (t.Name, t.ErrorCode)).OrderBy(t => t.Name));
        Assert.Null(broker.Metadata.Image.TopicOrNull("twice"));
    }

    [Theory]
    [InlineData("no.such.key", "1")]
    [InlineData("retention.ms", "soon")]
    [InlineData("retention.ms", "-2")]
    [InlineData("cleanup.policy", "shred")]
    [InlineData("retention.ms", null)]
    public async Task A_configuration_that_is_unknown_or_has_no_such_value_is_refused(string key, string? value)
    {
        await using var client = await broker.ConnectAsync();
        var topic = New("misconfigured");
        topic.Configs.Add(new() { Name = key, Value = value });
        var refused = await CreateAsync(client, topic);
        Assert.Equal(ErrorCode.InvalidConfig, refused.ErrorCode);
        Assert.Contains(key, refused.ErrorMessage!, StringComparison.Ordinal);
        Assert.Null(broker.Metadata.Image.TopicOrNull("misconfigured"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_topic_that_is_there_is_not_created_again(bool validateOnly)
    {
        await using var client = await broker.ConnectAsync();
        var name = $"again-{validateOnly}";
        await client.CreateAsync(name);
        await client.AppendAsync(name, Batches.Of("a"));
        Assert.Equal(ErrorCode.TopicAlreadyExists, (await CreateAsync(client, New(name), validateOnly)).ErrorCode);
        Assert.Equal(1, await client.AppendAsync(name, Batches.Of("b")));
    }

    private static CreatableTopic New(string name) => new() { Name = name, NumPartitions = 1, ReplicationFactor = 1 };

    private static CreatableTopic Told(string name, params (int Partition, int[] Brokers)[] assignments) => new()
    {
        Name = name,
        NumPartitions = -1,
        ReplicationFactor = -1,
        Assignments = [.. assignments.Select(a => new CreateTopicsRequest.CreatableReplicaAssignment { PartitionIndex = a.Partition, BrokerIds = [.. a.Brokers] })],
    };

    private static async Task<CreatableTopicResult> CreateAsync(Client client, CreatableTopic topic, bool validateOnly = false)
        => Assert.Single((await client.AskAsync(new CreateTopicsRequest { Topics = [topic], validateOnly = validateOnly })).Topics);

    public sealed class ThreePartitionsBroker : TestBroker
    {
        protected override BrokerParts Change(BrokerParts parts) => parts with { Topics = new TopicDefaults { NumPartitions = 3 } };
    }
}
