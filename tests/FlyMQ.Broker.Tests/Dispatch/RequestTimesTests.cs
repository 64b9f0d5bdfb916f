using FlyMQ.Broker.Dispatch;
using Microsoft.Extensions.Time.Testing;

namespace FlyMQ.Broker.Tests.Dispatch;

public sealed class RequestTimesTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void The_stages_together_are_the_whole_time()
    {
        var times = new RequestTimes { ArrivedAt = At(1) };
        times.StartedAt = At(2);
        times.DecodedAt = At(4);
        times.Add(RequestStage.BackPressure, TimeSpan.FromMilliseconds(8));
        times.HandledAt = At(8 + 16);
        times.ReadyAt = At(32);
        times.AnsweredAt = At(64);
        times.EncodedAt = At(128);
        times.Complete(RequestStage.Append, _time);
        times.Add(RequestStage.Send, TimeSpan.FromMilliseconds(256));

        Assert.Equal(
            new Dictionary<RequestStage, double>
            {
                [RequestStage.Queue] = 2, [RequestStage.Decode] = 4, [RequestStage.BackPressure] = 8, [RequestStage.Append] = 16, [RequestStage.FlushWait] = 32,
                [RequestStage.ResponseQueue] = 64, [RequestStage.Encode] = 128, [RequestStage.Send] = 256,
            },
            Enum.GetValues<RequestStage>().Where(s => times[s] != TimeSpan.Zero).ToDictionary(s => s, s => times[s].TotalMilliseconds));
    }

    [Fact]
    public void What_a_handler_waits_for_is_not_its_work()
    {
        var times = new RequestTimes { ArrivedAt = At(0), StartedAt = At(0), DecodedAt = At(0) };
        times.Add(RequestStage.Purgatory, TimeSpan.FromMilliseconds(30));
        times.HandledAt = times.AnsweredAt = times.EncodedAt = At(31);
        times.Complete(RequestStage.Read, _time);
        Assert.Equal((1, 30), (times[RequestStage.Read].TotalMilliseconds, times.Waited.TotalMilliseconds));
        Assert.Equal(TimeSpan.Zero, times[RequestStage.ResponseQueue]);
    }

    [Fact]
    public void Every_stage_has_a_name_of_its_own() =>
        Assert.Equal((RequestStages.Count, RequestStages.Count), (Enum.GetValues<RequestStage>().Length, Enum.GetValues<RequestStage>().Select(s => s.Label()).Distinct().Count()));

    [Fact]
    public void A_flush_that_is_done_before_the_handler_takes_no_time_off_another_stage()
    {
        var times = new RequestTimes { ArrivedAt = At(0), StartedAt = At(0), DecodedAt = At(0), ReadyAt = At(3) };
        times.HandledAt = At(2);
        times.AnsweredAt = times.EncodedAt = At(1);
        times.Complete(RequestStage.Append, _time);
        Assert.Equal((5, 0, 1), (times[RequestStage.Append].TotalMilliseconds, times[RequestStage.FlushWait].TotalMilliseconds, times[RequestStage.ResponseQueue].TotalMilliseconds));
    }

    /// <summary>A timestamp so many milliseconds after the one before it.</summary>
    private long At(int laterMs)
    {
        _time.Advance(TimeSpan.FromMilliseconds(laterMs));
        return _time.GetTimestamp();
    }
}
