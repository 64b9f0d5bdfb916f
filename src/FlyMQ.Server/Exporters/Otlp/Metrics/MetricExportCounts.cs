namespace FlyMQ.Server.Exporters.Otlp.Metrics;

/// <summary>What became of the metrics that were sent, since the start. Written by the exporter, read by scrapes.</summary>
internal sealed class MetricExportCounts
{
    private long _points;
    private long _rejected;
    private long _failed;

    /// <summary>Points that the endpoint has taken.</summary>
    public long Points => Interlocked.Read(ref _points);

    /// <summary>Points of requests that the endpoint has taken without them.</summary>
    public long Rejected => Interlocked.Read(ref _rejected);

    /// <summary>Exports of which the endpoint did not take all.</summary>
    public long Failed => Interlocked.Read(ref _failed);

    /// <param name="points">Of a request that was taken.</param>
    /// <param name="rejected">How many of them were not, as the endpoint says.</param>
    public void Sent(int points, long rejected)
    {
        rejected = Math.Clamp(rejected, 0, points);
        Interlocked.Add(ref _points, points - rejected);
        Interlocked.Add(ref _rejected, rejected);
    }

    public void Fail() => Interlocked.Increment(ref _failed);
}
