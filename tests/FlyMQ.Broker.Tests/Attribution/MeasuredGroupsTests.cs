using FlyMQ.Broker.Coordinators;
using FlyMQ.Coordination;
using FlyMQ.Partitions;

namespace FlyMQ.Broker.Tests.Attribution;

/// <summary>Which groups are counted one by one.</summary>
public sealed class MeasuredGroupsTests
{
    [Fact]
    public void Groups_above_the_bound_share_one_place_and_stay_what_they_were()
    {
        var groups = new MeasuredGroups(2);
        var (a, b) = (groups.Of("a"), groups.Of("b"));
        Assert.NotSame(a, b);
        Assert.Same(groups.Other, groups.Of("c"));
        Assert.Same(a, groups.Of("a"));
        Assert.Equal(("a", "<other>", null), (groups.LabelOf("a"), groups.LabelOf("c"), groups.LabelOf("d")));

        Assert.True(groups.Forget("a"));
        Assert.False(groups.Forget("a"));
        Assert.Same(groups.Other, groups.Of("c"));
        Assert.NotSame(groups.Other, groups.Of("d"));
        Assert.False(groups.Forget("c"));
        Assert.Same(groups.Other, groups.Of("c"));
        Assert.NotSame(b, groups.Other);
    }

    [Fact]
    public void With_a_bound_of_zero_all_share_one() => Assert.Equal("<other>", LabelOf(new MeasuredGroups(0), "a"));

    [Fact]
    public void A_group_that_is_called_like_a_place_for_others_is_one_of_them()
    {
        var groups = new MeasuredGroups(10);
        Assert.Equal("<other>", LabelOf(groups, "<other>"));
        Assert.Equal("<other>", LabelOf(groups, "<unattributed>"));
        Assert.False(groups.Forget("<other>"));
    }

    [Fact]
    public void What_was_counted_of_a_group_goes_with_it_but_not_what_was_counted_of_several()
    {
        var traffic = new TopicTraffics(10);
        var orders = traffic.Of(Guid.NewGuid());
        var metrics = new GroupMetrics(traffic, max: 1);
        var shard = new GroupShard(new GroupOptions(), Guid.NewGuid, metrics.Measured.Of);
        foreach (var group in new[] { "own", "first", "second" })
        {
            metrics.Changed(shard, group);
            metrics.Committed(group, orders.TopicId);
            orders.ConsumedBy(metrics.Measured.LabelOf(group)).Fetched(1, 10);
        }

        Assert.Equal([(orders.TopicId, 1L)], metrics.Commits.Of("own"));
        Assert.Equal([(orders.TopicId, 2L)], metrics.Commits.Of("<other>"));
        metrics.Forgotten("own");
        metrics.Forgotten("first");
        // It is gone; a commit of it that is still under way makes it anew nowhere.
        metrics.Committed("first", orders.TopicId);
        metrics.Committed("own", orders.TopicId);
        Assert.Empty(metrics.Commits.Of("own"));
        Assert.Equal([(orders.TopicId, 2L)], metrics.Commits.Of("<other>"));
        Assert.Equal(["<other>"], orders.ByGroup.Select(g => g.Key));
        Assert.Equal(2, orders.ConsumedBy("<other>").Records);
    }

    private static string? LabelOf(MeasuredGroups groups, string group)
    {
        groups.Of(group);
        return groups.LabelOf(group);
    }
}
