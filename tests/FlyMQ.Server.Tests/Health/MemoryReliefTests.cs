using FlyMQ.Server.Health;
using static FlyMQ.Server.Tests.Health.Facts;

namespace FlyMQ.Server.Tests.Health;

public sealed class MemoryReliefTests
{
    private readonly LogLines _log = new();
    private readonly MemoryRelief _relief;

    public MemoryReliefTests() => _relief = new(Limits with { ReliefAfterMs = 5000, ReliefIntervalMs = 15_000, MostReliefIntervalMs = 100_000 }, new HealthEvents(_log));

    [Fact]
    public void Memory_that_stays_high_is_given_back_after_a_while_and_then_from_time_to_time()
    {
        var due = Enumerable.Range(0, 80).Select(i => i * 500L).Where(now => _relief.IsDue(isHigh: true, now));
        Assert.Equal([5000, 20_000, 35_000], due);
    }

    // Every thread stands still meanwhile, so where all memory is needed it must not go on like that.
    [Fact]
    public void While_little_is_given_back_it_is_tried_less_and_less_often_until_memory_is_low_again()
    {
        List<long> due = [];
        for (var now = 0L; now < 400_000; now += 500)
        {
            if (_relief.IsDue(isHigh: true, now))
            {
                due.Add(now);
                _relief.Gave(usedMb: 1950, leftMb: 1940, limitMb: 2048);
            }
        }

        Assert.Equal([5000, 35_000, 95_000, 195_000, 295_000, 395_000], due);
        Assert.False(_relief.IsDue(isHigh: false, 400_000));
        Assert.Equal([410_000, 425_000], Enumerable.Range(0, 60).Select(i => 405_000 + (i * 500L)).Where(now => _relief.IsDue(isHigh: true, now)));
    }

    [Fact]
    public void Once_much_is_given_back_it_is_tried_as_often_as_before()
    {
        Assert.False(_relief.IsDue(isHigh: true, 0));
        Assert.True(_relief.IsDue(isHigh: true, 5000));
        _relief.Gave(usedMb: 1950, leftMb: 1940, limitMb: 2048);
        Assert.True(_relief.IsDue(isHigh: true, 35_000));
        _relief.Gave(usedMb: 2000, leftMb: 1850, limitMb: 2048);
        Assert.True(_relief.IsDue(isHigh: true, 50_000));
    }

    // The thread has nobody above it: what it throws would end the process.
    [Fact]
    public void What_fails_is_logged_and_tried_again()
    {
        _relief.Look(Well with { UsedMb = 2000 }, () => throw new InvalidOperationException("a pool that fails"), 0);
        _relief.Look(Well with { UsedMb = 2000 }, () => throw new InvalidOperationException("a pool that fails"), 5000);
        Assert.True(SpinWait.SpinUntil(() => _log.All.Count == 1, TimeSpan.FromSeconds(20)));
        Assert.EndsWith("a pool that fails", _log.All[0], StringComparison.Ordinal);
        using var asked = new ManualResetEventSlim();
        Assert.True(SpinWait.SpinUntil(() => Asks(asked), TimeSpan.FromSeconds(20)));
    }

    // The thread that failed may be about to end.
    private bool Asks(ManualResetEventSlim asked)
    {
        _relief.Look(Well with { UsedMb = 2000 }, asked.Set, 35_000);
        return asked.Wait(10);
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
