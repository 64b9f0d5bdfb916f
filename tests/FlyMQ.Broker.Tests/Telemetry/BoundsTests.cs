using FlyMQ.Broker.Telemetry;
using FlyMQ.Protocol;

namespace FlyMQ.Broker.Tests.Telemetry;

/// <summary>What clients make up does not grow without end, and leaves with them.</summary>
public sealed class BoundsTests
{
    [Theory]
    [InlineData("1000", 60)]
    [InlineData("60000", 180)]
    public async Task A_client_that_is_silent_for_three_intervals_or_a_minute_is_forgotten(string intervalMs, int seconds)
    {
        var bench = new TelemetryBench();
        bench.Configure("all", ("metrics", "*"), ("interval.ms", intervalMs));
        var (id, subscription) = await bench.TellAsync(Otlp.MetricsData(Otlp.Total("m", 1)));
        bench.Time.Advance(TimeSpan.FromSeconds(seconds - 1));
        Assert.Equal(["m=1"], bench.Shown(id));
        // Heard from again: it begins anew.
        Assert.Equal(ErrorCode.None, await bench.PushAsync(id, subscription, Otlp.MetricsData(Otlp.Total("m", 2))));
        bench.Time.Advance(TimeSpan.FromSeconds(seconds - 1));
        Assert.Equal(["m=2"], bench.Shown(id));
        bench.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Empty(bench.Telemetry.Clients());
    }

    [Fact]
    public async Task The_one_that_was_silent_for_longest_makes_room_for_a_new_one_and_comes_back_with_its_next_push()
    {
        var bench = new TelemetryBench(new TelemetryLimits { MaxClients = 3, MaxSeries = 100 });
        bench.Configure("all", ("metrics", "*"), ("interval.ms", "1000"));
        var data = Otlp.MetricsData(Otlp.Total("m", 1));
        var first = await bench.TellAsync(data);
        var second = await bench.TellAsync(data);
        await bench.TellAsync(data);
        bench.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(ErrorCode.None, await bench.PushAsync(first.Id, first.Subscription, data));
        await bench.TellAsync(data);
        Assert.Equal(3, bench.Telemetry.Clients().Count);
        Assert.Equal(["m=1"], bench.Shown(first.Id));
        Assert.Empty(bench.Shown(second.Id));
        Assert.Equal(1, bench.Telemetry.Counters.Evicted);
        Assert.Equal(ErrorCode.None, await bench.PushAsync(second.Id, second.Subscription, data));
        Assert.Equal(["m=1"], bench.Shown(second.Id));
    }

    [Fact]
    public void Ids_that_somebody_makes_up_do_not_fill_the_memory()
    {
        var bench = new TelemetryBench(new TelemetryLimits { MaxClients = 50 });
        for (var i = 0; i < 5000; i++)
        {
            bench.Ask(Guid.NewGuid());
        }

        Assert.Equal(50, bench.Telemetry.Clients().Count);
        Assert.Equal(4950, bench.Telemetry.Counters.Evicted);
    }

    [Fact]
    public async Task All_clients_together_have_so_many_series_and_room_that_becomes_free_is_used()
    {
        var bench = new TelemetryBench(new TelemetryLimits { MaxSeries = 10, MaxSeriesPerClient = 6 });
        bench.Configure("all", ("metrics", "*"), ("interval.ms", "1000"));
        var eight = Otlp.MetricsData([.. Enumerable.Range(0, 8).Select(i => Otlp.Total($"m{i}", i))]);
        var first = await bench.TellAsync(eight);
        Assert.Equal(6, bench.Shown(first.Id).Count());
        Assert.Equal((2, 0), (bench.Telemetry.Counters.PointsPastClientLimit, bench.Telemetry.Counters.PointsPastLimit));
        // Ten less the six and the one that says who it is; one more for itself.
        var second = await bench.TellAsync(eight);
        Assert.Equal(2, bench.Shown(second.Id).Count());
        Assert.Equal((4, 4), (bench.Telemetry.Counters.PointsPastClientLimit, bench.Telemetry.Counters.PointsPastLimit));
        var third = await bench.TellAsync(eight);
        Assert.Empty(bench.Shown(third.Id));
        Assert.Equal(10, bench.Telemetry.Clients().Sum(c => c.Series.Count == 0 ? 0 : c.Series.Count + 1));

        // The first one says less now.
        bench.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(ErrorCode.None, await bench.PushAsync(first.Id, first.Subscription, Otlp.MetricsData(Otlp.Total("m", 1))));
        Assert.Equal(ErrorCode.None, await bench.PushAsync(third.Id, third.Subscription, eight));
        Assert.Equal(4, bench.Shown(third.Id).Count());
        Assert.Equal(10, bench.Telemetry.Clients().Sum(c => c.Series.Count == 0 ? 0 : c.Series.Count + 1));

        // And when they are gone there is room for everything.
        bench.Time.Advance(TimeSpan.FromHours(1));
        var late = await bench.TellAsync(eight);
        Assert.Equal(6, bench.Shown(late.Id).Count());
    }

    [Fact]
    public async Task Names_of_clients_are_cut_off()
    {
        var bench = new TelemetryBench();
        bench.Configure("all", ("metrics", "*"));
        await bench.TellAsync(Otlp.MetricsData(Otlp.Total("m", 1)), clientId: new string('n', 30_000));
        Assert.Equal(LabelText.MaxChars, Assert.Single(bench.Telemetry.Clients()).Identity.ClientId!.Length);
    }

    [Fact]
    public async Task Many_clients_at_once_are_counted_rightly()
    {
        var bench = new TelemetryBench(new TelemetryLimits { MaxSeries = 150 });
        bench.Configure("all", ("metrics", "*"), ("interval.ms", "100"));
        var three = Otlp.MetricsData(Otlp.Total("a", 1), Otlp.Total("b", 2), Otlp.Total("c", 3));
        await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Task.Run(() => bench.TellAsync(three))));
        Assert.Equal(100, bench.Telemetry.Counters.Pushes);
        Assert.Equal(150, bench.Telemetry.Clients().Sum(c => c.Series.Count == 0 ? 0 : c.Series.Count + 1));
        Assert.Equal(300, bench.Telemetry.Clients().Sum(c => c.Series.Count) + bench.Telemetry.Counters.PointsPastLimit);
    }
}
