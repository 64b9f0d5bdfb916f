using System.Diagnostics;

namespace FlyMQ.Storage;

/// <summary>One of the things that a bucket has counted, by which its trace is found.</summary>
/// <param name="Elapsed">What was recorded of it.</param>
public sealed record LatencyExemplar(ActivityTraceId TraceId, ActivitySpanId SpanId, TimeSpan Elapsed, DateTimeOffset At);
