using System.Diagnostics;
using FlyMQ.Broker.Network;
using FlyMQ.Broker.Tracing;

namespace FlyMQ.Broker.Dispatch;

/// <summary>What a handler may know about a request besides its fields.</summary>
/// <param name="Version">Of the API. A handler asks for it only where behaviour itself differs, and names the KIP.</param>
/// <param name="Aborted">Cancelled when the connection is gone: abandon the wait, never the write.</param>
public sealed record RequestContext(ClientInfo Client, short Version, string? ClientId, CancellationToken Aborted)
{
    private RequestLatency _latency;

    /// <summary>Which histograms hear how long the request took; a handler adds those of its topics before it answers.</summary>
    public ref RequestLatency Latency => ref _latency;

    /// <summary>What becomes the request's spans once it is answered; null when it is not traced.</summary>
    internal RequestTrace? Trace { get; set; }

    /// <summary>The request is answered: its spans are made.</summary>
    /// <returns>The request's span; default when there is none.</returns>
    internal ActivityContext EndTrace(TimeProvider time)
    {
        ActivityContext first = default;
        if (Trace is not null)
        {
            var clock = new SpanClock(time);
            for (var trace = Trace; trace is not null; trace = trace.Next)
            {
                first = trace.Write(clock);
            }

            Trace = null;
        }

        return first;
    }
}
