using FlyMQ.Protocol;

namespace FlyMQ.Partitions.Tests;

public sealed class TopicTrafficTests
{
    private static readonly Guid First = Guid.NewGuid(), Second = Guid.NewGuid(), Third = Guid.NewGuid(), Fourth = Guid.NewGuid();

    [Fact]
    public void Topics_above_the_bound_share_one_and_stay_what_they_were()
    {
        var traffics = new TopicTraffics(new MeasuringLimits { MaxTopics = 2 });
        var own = new[] { traffics.Of(First, 1), traffics.Of(Second, 1) };
        Assert.Equal([First, Second], own.Select(t => t.TopicId));
        Assert.Same(traffics.Other, traffics.Of(Third, 1));
        Assert.Same(own[0], traffics.Of(First, 1));

        traffics.Forget(First);
        Assert.Null(traffics.Find(First));
        Assert.Same(traffics.Other, traffics.Of(Third, 1));
        Assert.Equal(Fourth, traffics.Of(Fourth, 1).TopicId);
        traffics.Forget(Third);
        Assert.Same(traffics.Other, traffics.Of(First, 1));
    }

    [Fact]
    public void With_a_bound_of_zero_all_share_one() => Assert.Equal(Guid.Empty, new TopicTraffics(new MeasuringLimits { MaxTopics = 0 }).Of(First, 1).TopicId);

    // A topic that is written to has 4 series and a histogram of 17 buckets, one more, sum and count, and 7 for each partition; a group that reads it 3, such a
    // histogram, and 3 for each partition.
    [Fact]
    public void Topics_share_one_when_the_series_are_too_many_and_a_smaller_one_may_still_fit()
    {
        var traffics = new TopicTraffics(new MeasuringLimits { MaxSeries = 100 });
        Assert.Equal(First, traffics.Of(First, 7).TopicId);
        Assert.Same(traffics.Other, traffics.Of(Second, 1));
        traffics.Forget(First);
        Assert.Equal(Third, traffics.Of(Third, 1).TopicId);
        Assert.Equal(Fourth, traffics.Of(Fourth, 6).TopicId);
        // 31 and 66 are taken.
        Assert.Same(traffics.Other, traffics.Of(First, 1));
    }

    [Fact]
    public void A_topic_that_grows_keeps_its_series_and_the_next_has_less_room()
    {
        var traffics = new TopicTraffics(new MeasuringLimits { MaxSeries = 100 });
        var grown = traffics.Of(First, 1);
        Assert.Same(grown, traffics.Of(First, 10));
        Assert.Same(traffics.Other, traffics.Of(Second, 1));
        traffics.Forget(First);
        Assert.Equal(Third, traffics.Of(Third, 10).TopicId);
    }

    [Fact]
    public void Groups_share_one_when_the_series_are_too_many_until_another_group_goes()
    {
        var traffics = new TopicTraffics(new MeasuringLimits { MaxSeries = 31 + 26 });
        var topic = traffics.Of(First, 1);
        topic.ConsumedBy("first").Fetched(1, 10);
        topic.ConsumedBy("second").Fetched(2, 20);
        Assert.Equal(2, topic.OtherGroups.Records);
        Assert.Equal(["first"], topic.ByGroup.Select(g => g.Key));
        topic.ConsumedBy("first").Fetched(1, 10);
        topic.ForgetGroup("first");
        topic.ConsumedBy("third").Fetched(4, 40);
        Assert.Equal(2, topic.OtherGroups.Records);
        Assert.Equal(4, topic.ConsumedBy("third").Records);
        // A fetch that is answered after its topic is gone takes nothing that nobody would give back.
        traffics.Forget(First);
        topic.ConsumedBy("late");
        Assert.Equal(Second, traffics.Of(Second, 1).TopicId);
        traffics.Find(Second)!.ConsumedBy("fourth").Fetched(1, 1);
        Assert.Equal(1, traffics.Find(Second)!.ConsumedBy("fourth").Records);
        Assert.Equal(0, traffics.Find(Second)!.OtherGroups.Records);
    }

    [Fact]
    public void Without_partitions_of_their_own_topics_need_few_series_however_many_they_have()
    {
        var traffics = new TopicTraffics(new MeasuringLimits { MaxSeries = 29, PartitionDetail = false });
        Assert.Equal(First, traffics.Of(First, 10_000).TopicId);
        Assert.Same(traffics.Other, traffics.Of(Second, 1));
    }

    [Fact]
    public void What_is_counted_is_told()
    {
        var traffic = new TopicTraffic(First);
        traffic.Produced(3, 300);
        traffic.Produced(1, 90);
        Assert.Equal((4, 390), (traffic.RecordsProduced, traffic.BytesProduced));

        traffic.ConsumedBy("group").Fetched(2, 200);
        traffic.ConsumedBy("group").Fetched(1, 50);
        traffic.ConsumedBy(null).Fetched(7, 70);
        Assert.Equal((3, 250), (traffic.ConsumedBy("group").Records, traffic.ConsumedBy("group").Bytes));
        Assert.Equal((7, 70), (traffic.Unattributed.Records, traffic.Unattributed.Bytes));
        traffic.ForgetGroup("group");
        Assert.Empty(traffic.ByGroup);
    }

    [Fact]
    public void A_batch_that_is_appended_counts_once_and_one_that_is_refused_or_the_brokers_own_not_at_all()
    {
        var scene = new Scene();
        var batch = Scene.Batch(records: 3, producer: 7, epoch: 0, sequence: 0);
        scene.Appended(batch);
        scene.Appended(batch);
        scene.Refused(ErrorCode.InvalidRecord, Scene.Changed(Scene.Batch(2), h => h with { LastOffsetDelta = 5 }));
        scene.Appended(Scene.Batch(records: 5), new AppendOptions(-1, Origin: AppendOrigin.Coordinator));
        Assert.Equal((3, batch.Length), (scene.Partition.Traffic.RecordsProduced, scene.Partition.Traffic.BytesProduced));
    }
}
