using System.Buffers;
using System.Diagnostics;
using FlyMQ.Storage;

namespace FlyMQ.Broker.Dispatch;

/// <summary>
/// Which histograms are told how long a request took: those of the topics it was about. A request about one topic allocates nothing for it, one about several
/// borrows an array until it is answered. Touched by whoever has the request in hand: the handler, then the connection.
/// </summary>
public struct RequestLatency
{
    private LatencyHistogram? _only;
    private LatencyHistogram[]? _several;
    private int _count;

    /// <summary>Each histogram is told once, however often it is added.</summary>
    public void Add(LatencyHistogram histogram)
    {
        if (_only is null)
        {
            _only = histogram;
            return;
        }

        if (ReferenceEquals(_only, histogram) || _several.AsSpan(0, _count).Contains(histogram))
        {
            return;
        }

        if (_several is null || _count == _several.Length)
        {
            var larger = ArrayPool<LatencyHistogram>.Shared.Rent(Math.Max(8, 2 * _count));
            _several.AsSpan(0, _count).CopyTo(larger);
            Return();
            _several = larger;
        }

        _several[_count++] = histogram;
    }

    /// <summary>The request is answered.</summary>
    /// <param name="span">The request's; default when it is not traced.</param>
    /// <param name="at">Now, where it is.</param>
    public void Record(TimeSpan elapsed, ActivityContext span = default, DateTimeOffset at = default)
    {
        if (_only is null)
        {
            return;
        }

        var exemplar = span.TraceId == default ? null : new LatencyExemplar(span.TraceId, span.SpanId, elapsed, at);
        _only.Record(elapsed, exemplar);
        foreach (var histogram in _several.AsSpan(0, _count))
        {
            histogram.Record(elapsed, exemplar);
        }

        Return();
        _several = null;
        (_only, _count) = (null, 0);
    }

    private readonly void Return()
    {
        if (_several is not null)
        {
            ArrayPool<LatencyHistogram>.Shared.Return(_several, clearArray: true);
        }
    }
}
