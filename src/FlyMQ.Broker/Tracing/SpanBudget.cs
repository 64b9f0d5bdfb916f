namespace FlyMQ.Broker.Tracing;

/// <summary>
/// How many spans may be made: so many a second, and as many at once after a second of none. Clients decide which of their own traces are recorded, so without
/// it they would decide what tracing costs the broker. Safe to call from any thread; only requests that are to be traced call it.
/// </summary>
public sealed class SpanBudget(int perSecond, TimeProvider time)
{
    private readonly Lock _gate = new();
    private double _left = perSecond;
    private long _filledAt = time.GetTimestamp();
    private long _refused;

    /// <summary>Spans that were wanted and not made.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>Spans that were taken are not made after all.</summary>
    public void Give(int spans)
    {
        lock (_gate)
        {
            _left = Math.Min(perSecond, _left + spans);
        }
    }

    public bool TryTake(int spans)
    {
        lock (_gate)
        {
            var now = time.GetTimestamp();
            _left = Math.Min(perSecond, _left + (time.GetElapsedTime(_filledAt, now).TotalSeconds * perSecond));
            _filledAt = now;
            if (_left >= spans)
            {
                _left -= spans;
                return true;
            }
        }

        Interlocked.Add(ref _refused, spans);
        return false;
    }
}
