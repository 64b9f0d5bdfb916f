using System.Collections.Immutable;
using FlyMQ.Metadata.Commands;
using FlyMQ.Protocol;
using FlyMQ.Records;

namespace FlyMQ.Metadata.Tests.Commands;

public sealed class TopicTests
{
    private readonly Some _some = new();
    private readonly ClusterImage _image;

    public TopicTests() => _image = Some.Apply(ClusterImage.Empty, _some.Broker(1), _some.Broker(2), _some.Broker(3));

    [Fact]
    public void A_topic_is_found_by_name_and_by_id_with_epochs_at_zero_and_its_first_replica_leading()
    {
        var command = _some.Topic("orders", [2, 1, 3], [3, 1]);
        var image = Some.Apply(_image, command);

        var topic = image.TopicOrNull("orders")!;
        Assert.Same(topic, image.TopicOrNull(command.Topics[0].TopicId));
        Assert.Equal((2, 0, 0), (topic.Partitions[0].Leader, topic.Partitions[0].LeaderEpoch.Value, topic.Partitions[0].PartitionEpoch));
        Assert.Equal([2, 1, 3], topic.Partitions[0].Isr);
        Assert.Equal([3, 1], topic.Partitions[1].Replicas);
        Assert.Equal(2, image.PartitionCount);
    }

    [Theory]
    [InlineData("orders", ErrorCode.TopicAlreadyExists)]
    [InlineData("a_b", ErrorCode.InvalidTopicException)]
    [InlineData("other", ErrorCode.None)]
    public void Each_topic_of_a_command_is_judged_for_itself(string name, ErrorCode expected)
    {
        var image = Some.Apply(_image, _some.Topic("orders", [1]), _some.Topic("a.b", [1]));
        var both = new CreateTopics(_some.Id(), [_some.NewTopic(name, [1]), _some.NewTopic("fine", [1])]);

        var (next, result) = MetadataStateMachine.Apply(image, both);

        Assert.Equal([expected, ErrorCode.None], result.Items.Select(i => i.Error));
        Assert.NotNull(next.TopicOrNull("fine"));
    }

    [Fact]
    public void A_partition_goes_only_to_registered_brokers_each_once()
    {
        Assert.Equal(ErrorCode.InvalidReplicaAssignment, MetadataStateMachine.Apply(_image, _some.Topic("t", [9])).Result.Items[0].Error);
        Assert.Equal(ErrorCode.InvalidReplicaAssignment, MetadataStateMachine.Apply(_image, _some.Topic("t", [1, 1])).Result.Items[0].Error);
        Assert.Equal(ErrorCode.InvalidReplicaAssignment, MetadataStateMachine.Apply(_image, _some.Topic("t", new int[][] { [] })).Result.Items[0].Error);
        Assert.Equal(ErrorCode.InvalidPartitions, MetadataStateMachine.Apply(_image, _some.Topic("t")).Result.Items[0].Error);
    }

    [Fact]
    public void A_deleted_topic_leaves_nothing_and_its_name_can_be_taken_by_one_that_would_have_collided()
    {
        var create = _some.Topic("a.b", [1], [1]);
        var image = Some.Apply(_image, create, new DeleteTopics(_some.Id(), [create.Topics[0].TopicId]));

        Assert.Equal((0, 0, 0), (image.Topics.Count, image.TopicsById.Count, image.PartitionCount));
        Some.Apply(image, _some.Topic("a_b", [1]));
        Assert.Equal(ErrorCode.UnknownTopicId, MetadataStateMachine.Apply(image, new DeleteTopics(_some.Id(), [create.Topics[0].TopicId])).Result.Items[0].Error);
    }

    [Fact]
    public void Partitions_are_added_behind_the_ones_that_were_there_when_they_were_placed()
    {
        var create = _some.Topic("t", [1]);
        var image = Some.Apply(_image, create);
        var id = create.Topics[0].TopicId;
        CreatePartitions Add(int expected, params int[][] replicas) =>
            new(_some.Id(), [new NewPartitions(id, expected, [.. replicas.Select(r => r.ToImmutableArray())])]);

        image = Some.Apply(image, Add(1, [2], [3]));

        Assert.Equal([1, 2, 3], image.TopicOrNull(id)!.Partitions.Select(p => p.Leader));
        Assert.Equal(3, image.PartitionCount);
        Assert.Equal(ErrorCode.InvalidPartitions, MetadataStateMachine.Apply(image, Add(1, [2])).Result.Items[0].Error);
        Assert.Equal(ErrorCode.InvalidReplicaAssignment, MetadataStateMachine.Apply(image, Add(3, [9])).Result.Items[0].Error);
    }

    [Fact]
    public void Ten_thousand_topics_one_by_one_cost_the_same_each()
    {
        var image = _image;
        for (var i = 0; i < 10_000; i++)
        {
            image = MetadataStateMachine.Apply(image, _some.Topic($"t{i}", [1])).Image;
        }

        // What one more costs, counted in bytes allocated: a copy of a collection would be hundreds of kilobytes.
        var before = GC.GetAllocatedBytesForCurrentThread();
        image = MetadataStateMachine.Apply(image, _some.Topic("last", [1])).Image;
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(10_001, image.Topics.Count);
        Assert.InRange(allocated, 1, 32_000);
    }

    [Fact]
    public void A_replica_that_is_away_at_creation_is_not_in_the_first_isr()
    {
        var image = Some.Apply(_image, _some.Broker(4, fenced: true), _some.Topic("t", [4, 1], [4]));

        var partitions = image.TopicOrNull("t")!.Partitions;
        Assert.Equal(1, partitions[0].Leader);
        Assert.Equal([1], partitions[0].Isr);
        Assert.Equal(PartitionImage.NoLeader, partitions[1].Leader);
        Assert.Equal([4], partitions[1].Isr);
        Assert.Equal(new LeaderEpoch(0), partitions[1].LeaderEpoch);
    }
}
