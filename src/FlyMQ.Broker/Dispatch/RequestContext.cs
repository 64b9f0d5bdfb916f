using System.Diagnostics;
using FlyMQ.Broker.Network;
using FlyMQ.Broker.Tracing;
using FlyMQ.Protocol;
using FlyMQ.Protocol.Messages;

namespace FlyMQ.Broker.Dispatch;

/// <summary>What a handler may know about a request besides its fields, and what is measured of it on its way.</summary>
/// <param name="Version">Of the API. A handler asks for it only where behaviour itself differs, and names the KIP.</param>
/// <param name="Aborted">Cancelled when the connection is gone: abandon the wait, never the write.</param>
public sealed record RequestContext(ClientInfo Client, short Version, string? ClientId, CancellationToken Aborted) : IErrorSink
{
    private RequestLatency _latency;
    private RequestTimes _times;

    /// <summary>Which histograms hear how long the request took; a handler adds those of its topics before it answers.</summary>
    public ref RequestLatency Latency => ref _latency;

    /// <summary>When it got where; a handler adds what it waited for.</summary>
    public ref RequestTimes Times => ref _times;

    /// <summary>The first topic it is about, as far as its handler tells.</summary>
    public string? Topic { get; set; }

    /// <summary>The trace that it is part of, once it is answered; none when it is not sampled.</summary>
    public ActivityTraceId TraceId => Span.TraceId;

    /// <summary>Its own span there.</summary>
    internal ActivityContext Span { get; private set; }

    /// <summary>What becomes its spans then.</summary>
    internal RequestTrace? Trace { get; set; }

    /// <summary>Bytes of the request, its size excluded.</summary>
    internal int Bytes { get; init; }

    internal TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Null in tests of handlers alone.</summary>
    internal ApiMetrics? Metrics { get; init; }

    /// <summary>Of the answer.</summary>
    internal ErrorCode FirstError { get; private set; }

    /// <summary>It is answered: its spans are made.</summary>
    internal void EndTrace()
    {
        if (Trace is null)
        {
            return;
        }

        var clock = new SpanClock(Clock);
        for (var trace = Trace; trace is not null; trace = trace.Next)
        {
            // The first batch's is the last one.
            Span = trace.Write(clock);
        }

        Trace = null;
    }

    /// <summary>Awaits what the request has to wait for, and counts it as that and not as the handler's work.</summary>
    public ValueTask<T> WaitAsync<T>(RequestStage stage, ValueTask<T> awaited)
    {
        return awaited.IsCompleted ? awaited : TimedAsync(Clock.GetTimestamp());

        async ValueTask<T> TimedAsync(long began)
        {
            var result = await awaited.ConfigureAwait(false);
            Times.Add(stage, Clock.GetElapsedTime(began));
            return result;
        }
    }

    void IErrorSink.Add(ErrorCode code)
    {
        Metrics?.Count(code);
        FirstError = FirstError == ErrorCode.None ? code : FirstError;
    }
}
