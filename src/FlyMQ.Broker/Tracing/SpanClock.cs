namespace FlyMQ.Broker.Tracing;

/// <summary>Turns the timestamps that requests are measured with into times of day. Taken once for all spans of a request, so that they agree to the tick.</summary>
internal readonly struct SpanClock(TimeProvider time)
{
    private readonly long _timestamp = time.GetTimestamp();

    public DateTimeOffset Now { get; } = time.GetUtcNow();

    public DateTimeOffset At(long timestamp) => Now - time.GetElapsedTime(timestamp, _timestamp);
}
