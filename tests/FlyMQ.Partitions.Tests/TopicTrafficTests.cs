using FlyMQ.Protocol;

namespace FlyMQ.Partitions.Tests;

public sealed class TopicTrafficTests
{
    private static readonly Guid First = Guid.NewGuid(), Second = Guid.NewGuid(), Third = Guid.NewGuid(), Fourth = Guid.NewGuid();

    [Fact]
    public void Topics_above_the_bound_share_one_and_stay_what_they_were()
    {
        var traffics = new TopicTraffics(2);
        var own = new[] { traffics.Of(First), traffics.Of(Second) };
        Assert.Equal([First, Second], own.Select(t => t.TopicId));
        Assert.Same(traffics.Other, traffics.Of(Third));
        Assert.Same(own[0], traffics.Of(First));

        traffics.Forget(First);
        Assert.Null(traffics.Find(First));
        Assert.Same(traffics.Other, traffics.Of(Third));
        Assert.Equal(Fourth, traffics.Of(Fourth).TopicId);
        traffics.Forget(Third);
        Assert.Same(traffics.Other, traffics.Of(First));
    }

    [Fact]
    public void With_a_bound_of_zero_all_share_one() => Assert.Equal(Guid.Empty, new TopicTraffics(0).Of(First).TopicId);

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
