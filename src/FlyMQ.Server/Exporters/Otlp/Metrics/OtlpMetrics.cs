using FlyMQ.Server.Exporters.Prometheus;
using FlyMQ.Server.Options;
using Microsoft.Extensions.Logging;

namespace FlyMQ.Server.Exporters.Otlp.Metrics;

/// <summary>
/// Sends what the metrics page shows to an OTLP endpoint, at every interval and once more at the end. Sums go since the start, so nothing is kept and nothing sent
/// again: what did not arrive is part of what comes next. Why it is not the SDK that does it: docs/decisions/0007.
/// </summary>
internal sealed class OtlpMetrics : IAsyncDisposable
{
    /// <summary>How long the end of the process waits for the last export.</summary>
    private static readonly TimeSpan LastExportBound = TimeSpan.FromSeconds(2);

    private readonly OtlpMetricsOptions _options;
    private readonly IReadOnlyDictionary<string, string> _resource;
    private readonly MetricExportCounts _counts;
    private readonly TimeProvider _time;
    private readonly DateTimeOffset _startedAt;
    private readonly MetricExportEvents _events;
    private readonly OtlpMetricsEndpoint _endpoint;
    private readonly CancellationTokenSource _stopping = new();
    private Func<IMetricSink, CancellationToken, Task>? _walk;
    private Task _exporting = Task.CompletedTask;
    private bool _failing;
    private long _failedBefore;

    /// <param name="options">Where to, and how often.</param>
    /// <param name="resource">Who sends.</param>
    /// <param name="counts">What became of it.</param>
    /// <param name="time">Gives the interval and the values' moments; now is when the sums began.</param>
    /// <param name="loggers">For what there is to tell.</param>
    /// <exception cref="InvalidDataException">A file that the options name cannot be used.</exception>
    public OtlpMetrics(
        OtlpMetricsOptions options, IReadOnlyDictionary<string, string> resource, MetricExportCounts counts, TimeProvider time, ILoggerFactory loggers)
    {
        _options = options;
        _resource = resource;
        _counts = counts;
        _time = time;
        _startedAt = time.GetUtcNow();
        _events = new MetricExportEvents(loggers.CreateLogger("FlyMQ.Metrics"));
        _endpoint = new OtlpMetricsEndpoint(options.Connection);
    }

    /// <param name="walk">Shows every metric to a sink.</param>
    public void Start(Func<IMetricSink, CancellationToken, Task> walk)
    {
        _walk = walk;
        _events.Exporting(_options.Connection.Target, _options.Connection.Keys.Protocol.WriteValue(_options.Connection.Protocol), _options.IntervalMs);
        _exporting = RepeatAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _exporting.ConfigureAwait(false);
        if (_walk is not null)
        {
            using var bound = new CancellationTokenSource(LastExportBound, _time);
            await ExportAsync(bound.Token).ConfigureAwait(false);
        }

        _endpoint.Dispose();
        _stopping.Dispose();
    }

    private async Task RepeatAsync()
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(_options.IntervalMs), _time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token).ConfigureAwait(false))
            {
                await ExportAsync(_stopping.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The broker ends.
        }
    }

    /// <summary>Never throws: metrics are not worth a broker.</summary>
    private async Task ExportAsync(CancellationToken cancellation)
    {
        var writer = new OtlpMetricsWriter(_resource, _startedAt, _time.GetUtcNow(), SendAsync);
        try
        {
            await _walk!(writer, cancellation).ConfigureAwait(false);
            await writer.EndAsync(cancellation).ConfigureAwait(false);
            Worked();
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Neither taken nor refused.
        }
        catch (OperationCanceledException)
        {
            Failed(_endpoint.Problem);
        }
        catch (Exception e)
        {
            Failed($"they cannot be read: {e.Message}");
        }
    }

    private async Task<bool> SendAsync(ReadOnlyMemory<byte> request, int points, CancellationToken cancellation)
    {
        var taken = await _endpoint.SendAsync(request, cancellation).ConfigureAwait(false);
        if (taken)
        {
            _counts.Sent(points);
        }

        return taken;
    }

    private void Failed(string reason)
    {
        if (!_failing)
        {
            _failedBefore = _counts.Failed;
            _events.Failing(_options.Connection.Target, reason, _options.IntervalMs);
        }

        _counts.Fail();
        _failing = true;
    }

    private void Worked()
    {
        if (_failing)
        {
            _events.Working(_options.Connection.Target, _counts.Failed - _failedBefore);
        }

        _failing = false;
    }
}
