using FlyMQ.Server.Running;

namespace FlyMQ.Server.Tests.Running;

public sealed class HandleSharesTests
{
    [Theory]
    [InlineData(20_000, 9_808)]
    [InlineData(1_500, 558)]
    [InlineData(1_024, 320)]
    [InlineData(400, 100)]
    [InlineData(1, 1)]
    public void Segments_and_connections_have_a_half_each_of_what_the_rest_does_not_need(int limit, int each)
        => Assert.Equal(new HandleShares(each, each), HandleShares.Of((ulong)limit));

    [Fact]
    public void A_limit_that_is_none_leaves_all_there_can_be() => Assert.Equal(int.MaxValue, HandleShares.Of(ulong.MaxValue).Connections);

    [Fact]
    public void Connections_are_unbounded_where_no_limit_is_known() => Assert.Equal(int.MaxValue, HandleShares.Of(null).Connections);
}
