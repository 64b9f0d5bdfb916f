namespace FlyMQ.Server.Exporters.Otlp;

/// <summary>What became of the spans since the start. Written by whoever ends a request and by the thread that sends, read by scrapes.</summary>
internal sealed class SpanCounts
{
    private long _waiting;
    private long _exported;
    private long _queueFull;
    private long _exportFailed;

    /// <summary>Ended and neither sent nor dropped yet.</summary>
    public long Waiting => Interlocked.Read(ref _waiting);

    public long Exported => Interlocked.Read(ref _exported);

    public long QueueFull => Interlocked.Read(ref _queueFull);

    public long ExportFailed => Interlocked.Read(ref _exportFailed);

    /// <summary>One more waits, when fewer than <paramref name="limit"/> do; else it is counted as dropped.</summary>
    public bool TryQueue(int limit)
    {
        if (Interlocked.Increment(ref _waiting) <= limit)
        {
            return true;
        }

        Interlocked.Decrement(ref _waiting);
        Interlocked.Increment(ref _queueFull);
        return false;
    }

    /// <summary>A batch left the queue.</summary>
    public void Sent(long spans, bool accepted)
    {
        Interlocked.Add(ref accepted ? ref _exported : ref _exportFailed, spans);
        Interlocked.Add(ref _waiting, -spans);
    }
}
