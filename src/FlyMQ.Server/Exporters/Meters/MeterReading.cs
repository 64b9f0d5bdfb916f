using System.Diagnostics.Metrics;
using FlyMQ.Server.Exporters.Prometheus;

namespace FlyMQ.Server.Exporters.Meters;

/// <summary>
/// What the instruments show: one walk for all of them, as long as it is young. Nothing is walked unless an instrument is asked. Any thread may ask; a second one
/// waits for the walk of the first.
/// </summary>
/// <remarks>
/// Instruments are asked synchronously and shards of groups answer later, so the asking thread waits, for two seconds at most; the walk itself runs on the pool. Where it
/// does not end in time or fails, the instruments show nothing for a moment, and no second walk begins while the first goes on.
/// </remarks>
/// <param name="walk">Shows every metric to a sink.</param>
internal sealed class MeterReading(Func<IMetricSink, CancellationToken, Task> walk, TimeProvider time, MeterEvents events) : IDisposable
{
    /// <summary>Who asks all instruments asks them within this, and asks again later than this.</summary>
    internal static readonly TimeSpan Young = TimeSpan.FromMilliseconds(500);

    internal static readonly TimeSpan WalkBound = TimeSpan.FromSeconds(2);

    private static readonly SampleCollector Nothing = new();

    private readonly object _gate = new();
    private readonly CancellationTokenSource _ending = new();
    private SampleCollector _samples = Nothing;
    private long? _takenAt;
    private Task _walking = Task.CompletedTask;
    private bool _failing;
    private long _failed;

    /// <summary>How often there was nothing to show because the walk failed or took too long.</summary>
    public long Failed => Interlocked.Read(ref _failed);

    /// <param name="sample">A name as it is on the page.</param>
    public IReadOnlyList<Measurement<double>> Of(string sample)
    {
        if (!Monitor.TryEnter(_gate, WalkBound))
        {
            return [];
        }

        try
        {
            if (_takenAt is not { } taken || time.GetElapsedTime(taken) >= Young)
            {
                _samples = Take();
                _takenAt = time.GetTimestamp();
            }

            return _samples.Of(sample);
        }
        finally
        {
            Monitor.Exit(_gate);
        }
    }

    public void Dispose() => _ending.Cancel();

    /// <summary>Never throws: an exception here would end the listener's round, of other meters too.</summary>
    private SampleCollector Take()
    {
        if (_ending.IsCancellationRequested)
        {
            return Nothing;
        }

        if (!_walking.IsCompleted)
        {
            return Fail(new TimeoutException("The walk before goes on."));
        }

        var samples = new SampleCollector();
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(_ending.Token);
        var token = bound.Token;
        _walking = Task.Run(() => walk(samples, token), CancellationToken.None);
        try
        {
            if (!_walking.Wait(WalkBound))
            {
                // Whatever it still adds goes into samples that nobody reads.
                bound.Cancel();
                return Fail(new TimeoutException($"The walk took more than {WalkBound.TotalSeconds} s."));
            }
        }
        catch (AggregateException e)
        {
            return _ending.IsCancellationRequested ? Nothing : Fail(e.InnerException ?? e);
        }

        _failing = false;
        return samples;
    }

    private SampleCollector Fail(Exception reason)
    {
        Interlocked.Increment(ref _failed);
        if (!_failing)
        {
            events.WalkFailed(reason);
        }

        _failing = true;
        return Nothing;
    }
}
