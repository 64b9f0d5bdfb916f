using FlyMQ.Metadata.Encoding;

namespace FlyMQ.Metadata.Tests;

public sealed class DeterminismTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 100)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void The_same_commands_give_the_same_image_whether_decoded_or_from_a_snapshot_in_between(int seed)
    {
        var commands = RandomCommands.Generate(seed, 300);
        var random = new Random(seed);

        var whole = ClusterImage.Empty;
        var decoded = ClusterImage.Empty;
        var snapshotted = ClusterImage.Empty;
        foreach (var command in commands)
        {
            (whole, var result) = MetadataStateMachine.Apply(whole, command);
            (decoded, var same) = MetadataStateMachine.Apply(decoded, Metadata.Commands.CommandCodec.Decode(Metadata.Commands.CommandCodec.Encode(command)));
            Assert.Equal(result.Error, same.Error);
            Assert.Equal(result.Value, same.Value);
            Assert.Equal(result.Items.AsEnumerable(), same.Items.AsEnumerable());
            snapshotted = MetadataStateMachine.Apply(snapshotted, command).Image;
            if (random.Next(30) == 0)
            {
                snapshotted = ImageCodec.Decode(ImageCodec.Encode(snapshotted).Span);
            }
        }

        var bytes = ImageCodec.Encode(whole).ToArray();
        Assert.Equal(bytes, ImageCodec.Encode(decoded).ToArray());
        Assert.Equal(bytes, ImageCodec.Encode(snapshotted).ToArray());
        Assert.Equal(bytes, ImageCodec.Encode(ImageCodec.Decode(bytes)).ToArray());
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Every_partition_has_its_leader_in_its_isr_and_epochs_only_grow(int seed)
    {
        var image = ClusterImage.Empty;
        foreach (var command in RandomCommands.Generate(seed, 300))
        {
            var before = image;
            (image, _) = MetadataStateMachine.Apply(image, command);
            foreach (var topic in image.Topics.Values)
            {
                Assert.Same(topic, image.TopicOrNull(topic.Id));
                for (var i = 0; i < topic.Partitions.Length; i++)
                {
                    var now = topic.Partitions[i];
                    Assert.NotEmpty(now.Isr);
                    Assert.All(now.Isr, id => Assert.Contains(id, now.Replicas));
                    Assert.True(!now.HasLeader || (now.Isr.Contains(now.Leader) && image.BrokerOrNull(now.Leader) is { IsActive: true }));
                    var then = before.TopicOrNull(topic.Id)?.PartitionOrNull(i);
                    Assert.True(then is null || then.Leader == now.Leader ? then is null || now.LeaderEpoch >= then.LeaderEpoch : now.LeaderEpoch > then.LeaderEpoch);
                    Assert.True(then is null || ReferenceEquals(then, now) || now.PartitionEpoch > then.PartitionEpoch);
                }
            }

            Assert.Equal(image.Topics.Values.Sum(t => t.Partitions.Length), image.PartitionCount);
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_change_names_exactly_what_a_complete_comparison_finds(int seed)
    {
        var image = ClusterImage.Empty;
        foreach (var command in RandomCommands.Generate(seed, 200))
        {
            var (change, _) = MetadataStateMachine.Step(image, command);
            var complete = ClusterChange.Between(image, change.After);
            Assert.Subset(change.Topics.ToHashSet(), complete.Topics.ToHashSet());
            Assert.Subset(change.Brokers.ToHashSet(), complete.Brokers.ToHashSet());
            Assert.Subset(change.Configs.ToHashSet(), complete.Configs.ToHashSet());
            image = change.After;
        }
    }

    [Fact]
    public void Results_are_remembered_for_a_bounded_number_of_commands()
    {
        var some = new Some();
        var image = ClusterImage.Empty;
        for (var i = 0; i < RecentCommands.Limit + 100; i++)
        {
            image = MetadataStateMachine.Apply(image, some.Broker(1)).Image;
        }

        Assert.Equal(RecentCommands.Limit, image.Recent.Count);
        Assert.Equal(RecentCommands.Limit, image.Recent.InOrder.Count());
    }
}
