using FlyMQ.Broker.Tests.Running;
using FlyMQ.Protocol;
using FlyMQ.Protocol.Messages.Topics;

namespace FlyMQ.Broker.Tests.Topics;

public sealed class DescribeTopicPartitionsTests(DescribeTopicPartitionsTests.FilledBroker broker) : IClassFixture<DescribeTopicPartitionsTests.FilledBroker>
{
    [Theory]
    [InlineData(1, new[] { "a0", "a1", "a2", "b0", "b1", "c0" })]
    [InlineData(2, new[] { "a0 a1", "a2 b0", "b1 c0" })]
    [InlineData(3, new[] { "a0 a1 a2", "b0 b1 c0" })]
    [InlineData(4, new[] { "a0 a1 a2 b0", "b1 c0" })]
    [InlineData(6, new[] { "a0 a1 a2 b0 b1 c0" })]
    [InlineData(2000, new[] { "a0 a1 a2 b0 b1 c0" })]
    public async Task The_cursor_leads_through_all_partitions_page_by_page(int limit, string[] expected)
    {
        await using var client = await broker.ConnectAsync();
        // All topics, and the same ones named in any order.
        foreach (var names in new string[][] { [], ["c", "a", "b", "a"] })
        {
            var pages = new List<string>();
            DescribeTopicPartitionsRequest.CursorData? cursor = null;
            do
            {
                var response = await client.AskAsync(new DescribeTopicPartitionsRequest
                {
                    Topics = [.. names.Select(n => new DescribeTopicPartitionsRequest.TopicRequest { Name = n })], ResponsePartitionLimit = limit, Cursor = cursor,
                });
                Assert.All(response.Topics, t => Assert.Equal(ErrorCode.None, t.ErrorCode));
                pages.Add(string.Join(' ', response.Topics.SelectMany(t => t.Partitions.Select(p => $"{t.Name}{p.PartitionIndex}"))));
                cursor = response.NextCursor is { } next ? new DescribeTopicPartitionsRequest.CursorData { TopicName = next.TopicName, PartitionIndex = next.PartitionIndex } : null;
            }
            while (cursor is not null && pages.Count < 10);

            Assert.Equal(expected, pages);
        }
    }

    [Fact]
    public async Task Partitions_are_told_with_their_leaders()
    {
        await using var client = await broker.ConnectAsync();
        var response = await client.AskAsync(new DescribeTopicPartitionsRequest { Topics = [new() { Name = "b" }] });
        var topic = Assert.Single(response.Topics);
        Assert.Equal((broker.Metadata.Image.TopicOrNull("b")!.Id, false), (topic.TopicId, topic.IsInternal));
        Assert.All(topic.Partitions, p =>
        {
            Assert.Equal((ErrorCode.None, TestBroker.NodeId, 0), (p.ErrorCode, p.LeaderId, p.LeaderEpoch));
            Assert.Equal([TestBroker.NodeId], p.ReplicaNodes);
            Assert.Equal([TestBroker.NodeId], p.IsrNodes);
            Assert.Empty(p.OfflineReplicas);
        });
    }

    [Fact]
    public async Task What_does_not_exist_is_told_and_takes_no_place_on_the_page()
    {
        await using var client = await broker.ConnectAsync();
        var response = await client.AskAsync(new DescribeTopicPartitionsRequest { Topics = [new() { Name = "b" }, new() { Name = "aa" }, new() { Name = "not a name" }], ResponsePartitionLimit = 2 });
        Assert.Equal(
            [("aa", ErrorCode.UnknownTopicOrPartition), ("b", ErrorCode.None)],
            response.Topics.Select(t => (t.Name, t.ErrorCode)));
        Assert.Equal("not a name", response.NextCursor?.TopicName);
    }

    [Fact]
    public async Task A_cursor_at_a_topic_that_is_gone_goes_on_behind_it()
    {
        await using var client = await broker.ConnectAsync();
        var response = await client.AskAsync(new DescribeTopicPartitionsRequest { Cursor = new() { TopicName = "aa", PartitionIndex = 1 } });
        Assert.Equal(["b0", "b1", "c0"], response.Topics.SelectMany(t => t.Partitions.Select(p => $"{t.Name}{p.PartitionIndex}")));
    }

    public sealed class FilledBroker : TestBroker, IAsyncLifetime
    {
        async ValueTask IAsyncLifetime.InitializeAsync()
        {
            await InitializeAsync();
            await using var client = await ConnectAsync();
            foreach (var (name, partitions) in new[] { ("b", 2), ("c", 1), ("a", 3) })
            {
                await client.CreateAsync(name, partitions);
            }
        }
    }
}
