using System.Diagnostics;

namespace FlyMQ.Broker.Tracing;

/// <summary>
/// What is known of a request that is traced, until it is answered; only then it becomes spans. So nothing of a request under way has to be ended, carried along
/// or taken out of the thread's context, and a fetch that brings nothing costs no span. Touched by whoever has the request in hand: the handler, then the
/// connection. A request whose connection ends before the answer has no spans.
/// </summary>
internal abstract class RequestTrace
{
    /// <summary>Of the same request: a produce has one for each batch.</summary>
    public RequestTrace? Next { get; set; }

    /// <summary>Makes the spans; the request ends at the clock's now.</summary>
    /// <returns>The span of the request; default when there is none.</returns>
    public abstract ActivityContext Write(in SpanClock clock);
}
