namespace FlyMQ.Broker.Network;

/// <summary>
/// The bound on what requests of all connections hold at one time. Who asks for more than is left waits in line, and its connection is not read from
/// meanwhile. Safe to call from any thread.
/// </summary>
internal sealed class RequestMemory(long limit)
{
    private readonly Lock _lock = new();
    private readonly Queue<(int Bytes, TaskCompletionSource Granted)> _waiting = new();
    private long _used;
    private int _waiters;

    public long Used => Volatile.Read(ref _used);

    public long Limit => limit;

    /// <summary>Requests that wait for room.</summary>
    public int Waiting => Volatile.Read(ref _waiters);

    public ValueTask AcquireAsync(int bytes, CancellationToken cancellation)
    {
        lock (_lock)
        {
            // A request larger than the whole limit is served alone.
            if (_waiting.Count == 0 && (_used == 0 || _used + bytes <= limit))
            {
                _used += bytes;
                return ValueTask.CompletedTask;
            }

            var granted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Enqueue((bytes, granted));
            return AwaitAsync(granted, cancellation);
        }
    }

    public void Release(int bytes)
    {
        lock (_lock)
        {
            _used -= bytes;
            while (_waiting.TryPeek(out var next) && (_used == 0 || _used + next.Bytes <= limit))
            {
                _waiting.Dequeue();
                if (next.Granted.TrySetResult())
                {
                    _used += next.Bytes;
                }
            }
        }
    }

    private async ValueTask AwaitAsync(TaskCompletionSource granted, CancellationToken cancellation)
    {
        Interlocked.Increment(ref _waiters);
        try
        {
            await AwaitGrantAsync(granted, cancellation).ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref _waiters);
        }
    }

    private static async ValueTask AwaitGrantAsync(TaskCompletionSource granted, CancellationToken cancellation)
    {
        await using (cancellation.UnsafeRegister(static (state, token) => ((TaskCompletionSource)state!).TrySetCanceled(token), granted))
        {
            await granted.Task.ConfigureAwait(false);
        }
    }
}
