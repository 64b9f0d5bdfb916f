using FlyMQ.Server.Health;
using Microsoft.Extensions.Logging.Abstractions;
using static FlyMQ.Server.Tests.Health.Facts;

namespace FlyMQ.Server.Tests.Health;

public sealed class MemoryReliefTests
{
    private readonly MemoryRelief _relief = new(Limits with { ReliefAfterMs = 5000, ReliefIntervalMs = 15_000 }, new HealthEvents(NullLogger.Instance));

    [Fact]
    public void Memory_that_stays_high_is_given_back_after_a_while_and_then_from_time_to_time()
    {
        var due = Enumerable.Range(0, 80).Select(i => i * 500L).Where(now => _relief.IsDue(isHigh: true, now));
        Assert.Equal([5000, 20_000, 35_000], due);
    }

    [Fact]
    public void A_moments_load_is_left_alone()
    {
        var due = Enumerable.Range(0, 200).Select(i => i * 500L).Where(now => _relief.IsDue(isHigh: now % 5000 != 0, now));
        Assert.Empty(due);
    }

    [Fact]
    public void The_broker_is_asked_for_what_it_keeps()
    {
        using var asked = new ManualResetEventSlim();
        _relief.Look(Well with { UsedMb = 2000 }, asked.Set, 1000);
        Assert.False(asked.IsSet);
        _relief.Look(Well with { UsedMb = 2000 }, asked.Set, 6000);
        Assert.True(asked.Wait(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
    }
}
