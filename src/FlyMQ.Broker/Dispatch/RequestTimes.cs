using System.Runtime.CompilerServices;

namespace FlyMQ.Broker.Dispatch;

/// <summary>
/// When a request got where, in the broker's timestamps; 0 where it has not been. Touched by whoever has the request in hand: the connection, its handler, the
/// connection again.
/// </summary>
public struct RequestTimes
{
    private Spans _spans;

    /// <summary>Its last byte was seen.</summary>
    public long ArrivedAt { get; set; }

    /// <summary>Its turn came.</summary>
    public long StartedAt { get; set; }

    public long DecodedAt { get; set; }

    /// <summary>The handler was done with it, or with all of it that has to happen in order.</summary>
    public long HandledAt { get; set; }

    /// <summary>There is an answer; 0 when that was so as soon as it was handled.</summary>
    public long ReadyAt { get; set; }

    /// <summary>Its answer is about to be encoded.</summary>
    public long AnsweredAt { get; set; }

    /// <summary>The answer's bytes are in the socket's pipe.</summary>
    public long EncodedAt { get; set; }

    /// <summary>How long it waited because there was nothing to answer with; not part of its latency.</summary>
    public readonly TimeSpan Waited => _spans[(int)RequestStage.Purgatory];

    /// <summary>What a stage has taken.</summary>
    public readonly TimeSpan this[RequestStage stage] => _spans[(int)stage];

    /// <summary>A wait within the handler: it counts as that, not as the handler's work.</summary>
    public void Add(RequestStage stage, TimeSpan elapsed) => _spans[(int)stage] += elapsed;

    /// <summary>Fills in the stages that are told by timestamps.</summary>
    /// <param name="work">What its API's handler does.</param>
    /// <param name="time">The clock that the timestamps are of.</param>
    public void Complete(RequestStage work, TimeProvider time)
    {
        var waitedWithin = _spans[(int)RequestStage.BackPressure] + _spans[(int)RequestStage.Purgatory] + _spans[(int)RequestStage.FlushWait];
        _spans[(int)RequestStage.Queue] = time.GetElapsedTime(ArrivedAt, StartedAt);
        _spans[(int)RequestStage.Decode] = time.GetElapsedTime(StartedAt, DecodedAt);
        _spans[(int)work] = time.GetElapsedTime(DecodedAt, HandledAt) - waitedWithin;
        // A flush may be done before the connection has noted that the handler is.
        var readyAt = Math.Max(ReadyAt, HandledAt);
        _spans[(int)RequestStage.FlushWait] += time.GetElapsedTime(HandledAt, readyAt);
        _spans[(int)RequestStage.ResponseQueue] = time.GetElapsedTime(readyAt, AnsweredAt);
        _spans[(int)RequestStage.Encode] = time.GetElapsedTime(AnsweredAt, EncodedAt);
    }

    [InlineArray(RequestStages.Count)]
    private struct Spans
    {
        private TimeSpan _first;
    }
}
