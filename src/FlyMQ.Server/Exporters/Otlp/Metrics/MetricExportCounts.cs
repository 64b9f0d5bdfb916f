namespace FlyMQ.Server.Exporters.Otlp.Metrics;

/// <summary>What became of the metrics that were sent, since the start. Written by the exporter, read by scrapes.</summary>
internal sealed class MetricExportCounts
{
    private long _points;
    private long _failed;

    /// <summary>Points that the endpoint has taken.</summary>
    public long Points => Interlocked.Read(ref _points);

    /// <summary>Exports of which the endpoint did not take all.</summary>
    public long Failed => Interlocked.Read(ref _failed);

    public void Sent(int points) => Interlocked.Add(ref _points, points);

    public void Fail() => Interlocked.Increment(ref _failed);
}
