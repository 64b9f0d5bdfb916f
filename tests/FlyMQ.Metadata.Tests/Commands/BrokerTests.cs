using FlyMQ.Metadata.Commands;
using FlyMQ.Protocol;
using FlyMQ.Records;

namespace FlyMQ.Metadata.Tests.Commands;

public sealed class BrokerTests
{
    private readonly Some _some = new();
    private ClusterImage _image;

    public BrokerTests() => _image = Some.Apply(
        ClusterImage.Empty, _some.Broker(1), _some.Broker(2), _some.Broker(3), _some.Topic("t", [1, 2, 3]), _some.Topic("alone", [1]));

    private PartitionImage Partition(string topic = "t") => _image.TopicOrNull(topic)!.Partitions[0];

    private void Change(int broker, bool fenced = false, bool shutdown = false) =>
        _image = Some.Apply(_image, new ChangeBrokerState(_some.Id(), broker, _image.Brokers[broker].Epoch, fenced, shutdown));

    [Fact]
    public void The_cluster_id_is_made_once()
    {
        var first = new InitializeCluster(_some.Id(), _some.Id(), _image.Features);
        _image = Some.Apply(_image, first, new InitializeCluster(_some.Id(), _some.Id(), _image.Features));

        Assert.Equal(first.ClusterId, _image.ClusterId);
        Assert.True(KafkaUuid.TryParse(_image.ClusterIdText, out var read));
        Assert.Equal(first.ClusterId, read);
    }

    [Fact]
    public void A_fenced_broker_gives_up_leadership_and_leaves_the_isr_unless_it_is_the_last_in_it()
    {
        Change(1, fenced: true);

        Assert.Equal((2, 1, 1), (Partition().Leader, Partition().LeaderEpoch.Value, Partition().PartitionEpoch));
        Assert.Equal([2, 3], Partition().Isr);
        Assert.Equal((PartitionImage.NoLeader, 1), (Partition("alone").Leader, Partition("alone").LeaderEpoch.Value));
        Assert.Equal([1], Partition("alone").Isr);

        Change(1);
        Assert.Equal(2, Partition().Leader);
        Assert.Equal((1, 2), (Partition("alone").Leader, Partition("alone").LeaderEpoch.Value));
    }

    [Fact]
    public void A_new_life_of_a_broker_has_a_new_epoch_and_its_partitions_new_leader_epochs()
    {
        var before = _image.Brokers[1].Epoch;
        var again = _some.Broker(1);

        var (image, result) = MetadataStateMachine.Apply(_image, again);
        _image = image;

        Assert.True(result.Value > before);
        Assert.Equal(result.Value, _image.Brokers[1].Epoch);
        Assert.Equal(1, Partition("alone").Leader);
        Assert.True(Partition("alone").LeaderEpoch > new LeaderEpoch(0));

        // The same life registering once more is the same registration.
        var epoch = Partition("alone").LeaderEpoch;
        (_image, result) = MetadataStateMachine.Apply(_image, again with { Id = _some.Id() });
        Assert.Equal((_image.Brokers[1].Epoch, epoch), (result.Value, Partition("alone").LeaderEpoch));
    }

    [Fact]
    public void A_request_of_an_earlier_life_is_refused()
    {
        var stale = new ChangeBrokerState(_some.Id(), 1, _image.Brokers[1].Epoch, Fenced: true, InControlledShutdown: false);
        _image = Some.Apply(_image, _some.Broker(1));

        Assert.Equal(ErrorCode.StaleBrokerEpoch, MetadataStateMachine.Apply(_image, stale).Result.Error);
        Assert.Equal(ErrorCode.BrokerIdNotRegistered, MetadataStateMachine.Apply(_image, stale with { Id = _some.Id(), BrokerId = 9 }).Result.Error);
    }

    [Fact]
    public void Producer_ids_are_given_in_blocks_that_never_overlap()
    {
        var values = new List<long>();
        foreach (var broker in new[] { 1, 2, 1 })
        {
            var (image, result) = MetadataStateMachine.Apply(_image, new AllocateProducerIds(_some.Id(), broker, _image.Brokers[broker].Epoch));
            _image = image;
            values.Add(result.Value);
        }

        Assert.Equal([0, 1000, 2000], values);
        Assert.Equal(ErrorCode.StaleBrokerEpoch, MetadataStateMachine.Apply(_image, new AllocateProducerIds(_some.Id(), 1, -1)).Result.Error);
    }

    [Theory]
    [InlineData(0, 0, new[] { 1, 2 }, ErrorCode.None)]
    [InlineData(-1, 0, new[] { 1, 2 }, ErrorCode.FencedLeaderEpoch)]
    [InlineData(1, 0, new[] { 1, 2 }, ErrorCode.NotController)]
    [InlineData(0, -1, new[] { 1, 2 }, ErrorCode.InvalidUpdateVersion)]
    [InlineData(0, 1, new[] { 1, 2 }, ErrorCode.NotController)]
    [InlineData(0, 0, new[] { 2 }, ErrorCode.InvalidRequest)]
    [InlineData(0, 0, new[] { 1, 4 }, ErrorCode.InvalidRequest)]
    public void An_isr_is_changed_by_its_leader_with_the_right_epochs(int leaderEpoch, int partitionEpoch, int[] isr, ErrorCode expected)
    {
        var topic = _image.TopicOrNull("t")!;
        var change = new PartitionChange(topic.Id, 0, new LeaderEpoch(leaderEpoch), partitionEpoch, [.. isr]);

        var (image, result) = MetadataStateMachine.Apply(_image, new AlterPartition(_some.Id(), 1, _image.Brokers[1].Epoch, [change]));

        Assert.Equal(expected, result.Items[0].Error);
        var after = image.TopicOrNull("t")!.Partitions[0];
        Assert.Equal(expected == ErrorCode.None ? (0, 1) : (0, 0), (after.LeaderEpoch.Value, after.PartitionEpoch));
        Assert.Equal(expected == ErrorCode.None ? isr : [1, 2, 3], after.Isr);
    }

    [Fact]
    public void An_isr_takes_in_no_broker_that_is_away()
    {
        Change(3, fenced: true);
        var topic = _image.TopicOrNull("t")!;
        var change = new PartitionChange(topic.Id, 0, Partition().LeaderEpoch, Partition().PartitionEpoch, [1, 2, 3]);

        var (_, result) = MetadataStateMachine.Apply(_image, new AlterPartition(_some.Id(), 1, _image.Brokers[1].Epoch, [change]));

        Assert.Equal(ErrorCode.IneligibleReplica, result.Items[0].Error);
    }

    [Fact]
    public void The_preferred_leader_is_elected_when_it_can_lead_and_does_not()
    {
        var topic = _image.TopicOrNull("t")!.Id;
        ErrorCode Elect(bool unclean, Guid id)
        {
            var (image, result) = MetadataStateMachine.Apply(_image, new ElectLeaders(_some.Id(), unclean, [new TopicIdPartition(id, 0)]));
            _image = image;
            return result.Items[0].Error;
        }

        Assert.Equal(ErrorCode.ElectionNotNeeded, Elect(unclean: false, topic));
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, Elect(unclean: false, _some.Id()));
        Change(1, fenced: true);
        Assert.Equal(ErrorCode.PreferredLeaderNotAvailable, Elect(unclean: false, topic));
        Assert.Equal(ErrorCode.EligibleLeadersNotAvailable, Elect(unclean: true, _image.TopicOrNull("alone")!.Id));
        Change(1);
        var isr = new PartitionChange(topic, 0, Partition().LeaderEpoch, Partition().PartitionEpoch, [2, 3, 1]);
        _image = Some.Apply(_image, new AlterPartition(_some.Id(), 2, _image.Brokers[2].Epoch, [isr]));
        Assert.Equal(ErrorCode.None, Elect(unclean: false, topic));
        Assert.Equal(1, Partition().Leader);
    }
}
