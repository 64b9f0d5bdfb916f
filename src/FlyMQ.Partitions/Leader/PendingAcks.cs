using FlyMQ.Protocol;
using FlyMQ.Records;

namespace FlyMQ.Partitions.Leader;

/// <summary>
/// Who waits for the high watermark of a partition, in the order of what they wait for. Touched under the partition's lock only (its timer
/// takes it). Bounded by the requests that connections may have in flight.
/// </summary>
/// <remarks>
/// One timer for all, armed for the earliest deadline and left alone when a waiter completes: under load it fires about once per timeout.
/// </remarks>
internal sealed class PendingAcks : IDisposable
{
    private readonly Lock _gate;
    private readonly TimeProvider _time;
    private readonly Action<object?, CancellationToken> _abandon;
    private AckWaiter? _first;
    private AckWaiter? _last;
    private ITimer? _timer;
    private long _armedFor = long.MaxValue;
    private bool _disposed;

    public PendingAcks(Lock gate, TimeProvider time)
    {
        _gate = gate;
        _time = time;
        _abandon = (waiter, token) => Abandon((AckWaiter)waiter!, token);
    }

    public int Count { get; private set; }

    public AckWaiter Add(Offset required, int timeoutMs, CancellationToken abandoned)
    {
        var waiter = new AckWaiter(required, _time.GetTimestamp() + (long)(timeoutMs * (_time.TimestampFrequency / 1000.0)));
        Insert(waiter);
        if (abandoned.CanBeCanceled)
        {
            waiter.Abandonment = abandoned.UnsafeRegister(_abandon, waiter);
        }

        if (waiter.Deadline < _armedFor)
        {
            Arm(waiter.Deadline);
        }

        return waiter;
    }

    public void CompleteUpTo(Offset highWatermark)
    {
        while (_first is { } waiter && waiter.Required <= highWatermark)
        {
            Complete(waiter, ErrorCode.None);
        }
    }

    public void FailAll(ErrorCode error)
    {
        while (_first is { } waiter)
        {
            Complete(waiter, error);
        }
    }

    public void Dispose()
    {
        _disposed = true;
        _timer?.Dispose();
    }

    private void OnTimer()
    {
        lock (_gate)
        {
            _armedFor = long.MaxValue;
            var now = _time.GetTimestamp();
            var earliest = long.MaxValue;
            for (var waiter = _first; waiter is not null;)
            {
                var next = waiter.Next;
                if (waiter.Deadline <= now)
                {
                    Complete(waiter, ErrorCode.RequestTimedOut);
                }
                else
                {
                    earliest = Math.Min(earliest, waiter.Deadline);
                }

                waiter = next;
            }

            if (earliest != long.MaxValue)
            {
                Arm(earliest);
            }
        }
    }

    private void Arm(long deadline)
    {
        if (_disposed)
        {
            return;
        }

        _armedFor = deadline;
        // Rounded up: a timer that fires early would have to be armed again.
        var ms = Math.Max(1, Math.Ceiling((deadline - _time.GetTimestamp()) * 1000.0 / _time.TimestampFrequency));
        var due = TimeSpan.FromMilliseconds(ms);
        if (_timer is not null)
        {
            _timer.Change(due, Timeout.InfiniteTimeSpan);
            return;
        }

        // The timer lives as long as the partition; the request that happened to come first must not live on in its context.
        AsyncFlowControl? flow = ExecutionContext.IsFlowSuppressed() ? null : ExecutionContext.SuppressFlow();
        _timer = _time.CreateTimer(static state => ((PendingAcks)state!).OnTimer(), this, due, Timeout.InfiniteTimeSpan);
        flow?.Undo();
    }

    private void Abandon(AckWaiter waiter, CancellationToken abandoned)
    {
        lock (_gate)
        {
            if (!waiter.IsQueued)
            {
                return;
            }

            Remove(waiter);
        }

        waiter.TrySetCanceled(abandoned);
    }

    private void Complete(AckWaiter waiter, ErrorCode error)
    {
        Remove(waiter);
        // A connection's token outlives many waits.
        waiter.Abandonment.Unregister();
        waiter.TrySetResult(error);
    }

    /// <summary>From the end: only a duplicate waits for less than who came before.</summary>
    private void Insert(AckWaiter waiter)
    {
        var after = _last;
        while (after is not null && after.Required > waiter.Required)
        {
            after = after.Previous;
        }

        waiter.Previous = after;
        waiter.Next = after is null ? _first : after.Next;
        if (waiter.Previous is { } previous)
        {
            previous.Next = waiter;
        }
        else
        {
            _first = waiter;
        }

        if (waiter.Next is { } next)
        {
            next.Previous = waiter;
        }
        else
        {
            _last = waiter;
        }

        waiter.IsQueued = true;
        Count++;
    }

    private void Remove(AckWaiter waiter)
    {
        if (waiter.Previous is { } previous)
        {
            previous.Next = waiter.Next;
        }
        else
        {
            _first = waiter.Next;
        }

        if (waiter.Next is { } next)
        {
            next.Previous = waiter.Previous;
        }
        else
        {
            _last = waiter.Previous;
        }

        waiter.Previous = waiter.Next = null;
        waiter.IsQueued = false;
        Count--;
    }
}
