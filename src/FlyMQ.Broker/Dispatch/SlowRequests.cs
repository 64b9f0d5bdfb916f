using System.Diagnostics;
using FlyMQ.Protocol;

namespace FlyMQ.Broker.Dispatch;

/// <summary>
/// The slowest requests of the last minutes, some of each, in a ring of fixed size: an hour that was bad does not hide what is bad now. A request that is not among
/// the slowest of its minute costs two comparisons.
/// </summary>
public sealed class SlowRequests(TimeProvider time)
{
    /// <summary>How many of each window are kept, and how many windows.</summary>
    public const int PerWindow = 20, Windows = 15;

    /// <summary>Client ids are as long as clients like; this much of one is kept.</summary>
    private const int MostOfClientId = 256;

    public static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly List<SlowRequest>[] _windows = [.. Enumerable.Range(0, Windows).Select(_ => new List<SlowRequest>(PerWindow))];
    private long _windowEndsAt;
    private long _atLeastTicks;
    private int _current;

    /// <summary>The slowest first.</summary>
    public IReadOnlyList<SlowRequest> Slowest()
    {
        lock (_gate)
        {
            Turn(time.GetTimestamp());
            return [.. _windows.SelectMany(w => w).OrderByDescending(r => r.Took)];
        }
    }

    /// <summary>A request was answered.</summary>
    /// <param name="sentAt">When its answer was out.</param>
    internal void Offer(RequestContext request, long sentAt)
    {
        var took = time.GetElapsedTime(request.Times.ArrivedAt, sentAt) - request.Times.Waited;
        if (took.Ticks <= Volatile.Read(ref _atLeastTicks) && sentAt < Volatile.Read(ref _windowEndsAt))
        {
            return;
        }

        lock (_gate)
        {
            Turn(sentAt);
            var window = _windows[_current];
            if (window.Count < PerWindow)
            {
                window.Add(Describe(request, took));
            }
            else
            {
                var fastest = FastestOf(window);
                if (took <= window[fastest].Took)
                {
                    return;
                }

                window[fastest] = Describe(request, took);
            }

            Volatile.Write(ref _atLeastTicks, window.Count < PerWindow ? 0 : window[FastestOf(window)].Took.Ticks);
        }
    }

    private static int FastestOf(List<SlowRequest> window)
    {
        var fastest = 0;
        for (var i = 1; i < window.Count; i++)
        {
            fastest = window[i].Took < window[fastest].Took ? i : fastest;
        }

        return fastest;
    }

    // Windows that nothing was answered in are passed by, and empty.
    private void Turn(long now)
    {
        var length = (long)(Window.TotalSeconds * time.TimestampFrequency);
        if (_windowEndsAt == 0)
        {
            Volatile.Write(ref _windowEndsAt, now + length);
            return;
        }

        for (var turned = 0; now >= _windowEndsAt; turned++)
        {
            if (turned == Windows)
            {
                Volatile.Write(ref _windowEndsAt, now + length);
                return;
            }

            Volatile.Write(ref _windowEndsAt, _windowEndsAt + length);
            _current = (_current + 1) % Windows;
            _windows[_current].Clear();
            Volatile.Write(ref _atLeastTicks, 0);
        }
    }

    private SlowRequest Describe(RequestContext request, TimeSpan took) => new()
    {
        At = time.GetUtcNow(),
        Api = request.Metrics!.Api.Name,
        Version = request.Version,
        Bytes = request.Bytes,
        Took = took,
        Times = request.Times,
        ClientId = request.ClientId is { Length: > MostOfClientId } id ? id[..MostOfClientId] : request.ClientId,
        ClientAddress = request.Client.Remote.ToString(),
        ClientSoftware = $"{request.Client.SoftwareName} {request.Client.SoftwareVersion}",
        Connection = request.Client.ConnectionId,
        Topic = request.Topic,
        Error = request.FirstError == ErrorCode.None ? null : request.FirstError.KafkaName(),
        TraceId = request.TraceId == default ? null : request.TraceId.ToHexString(),
    };
}
