using FlyMQ.Broker.Tracing;
using Microsoft.Extensions.Time.Testing;

namespace FlyMQ.Broker.Tests.Tracing;

public sealed class SamplingTests
{
    private const int Questions = 100_000;

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(1, Questions, Questions)]
    // Five standard deviations: sqrt(100,000 * 0.1 * 0.9) is 95.
    [InlineData(0.1, 10_000 - 475, 10_000 + 475)]
    [InlineData(0.9, 90_000 - 475, 90_000 + 475)]
    public void The_share_is_the_rate_for_every_seed(double rate, int least, int most)
    {
        for (var seed = 0UL; seed < 20; seed++)
        {
            var sampler = new SpanSampler(rate, seed);
            Assert.InRange(Enumerable.Range(0, Questions).Count(_ => sampler.Next()), least, most);
        }
    }

    [Fact]
    public void The_same_seed_says_the_same_and_another_one_does_not()
    {
        Assert.Equal(Answers(7), Answers(7));
        Assert.NotEqual(Answers(7), Answers(8));

        static bool[] Answers(ulong seed)
        {
            var sampler = new SpanSampler(0.5, seed);
            return [.. Enumerable.Range(0, 64).Select(_ => sampler.Next())];
        }
    }

    [Fact]
    public void Threads_that_ask_at_once_get_the_share_together()
    {
        var sampler = new SpanSampler(0.1, 42);
        var yes = 0;
        Parallel.For(0, Questions, _ => Interlocked.Add(ref yes, sampler.Next() ? 1 : 0));
        Assert.InRange(yes, 10_000 - 475, 10_000 + 475);
    }

    [Fact]
    public void The_budget_is_a_seconds_worth_and_fills_with_time()
    {
        var time = new FakeTimeProvider();
        var budget = new SpanBudget(10, time);
        Assert.True(budget.TryTake(8));
        Assert.False(budget.TryTake(3));
        Assert.True(budget.TryTake(2));
        Assert.Equal(3, budget.Refused);
        Assert.False(budget.TryTake(1));
        time.Advance(TimeSpan.FromMilliseconds(100));
        Assert.True(budget.TryTake(1));
        Assert.False(budget.TryTake(1));
        // However long nothing was asked for.
        time.Advance(TimeSpan.FromHours(1));
        Assert.True(budget.TryTake(10));
        Assert.False(budget.TryTake(1));
        Assert.Equal(6, budget.Refused);
    }
}
