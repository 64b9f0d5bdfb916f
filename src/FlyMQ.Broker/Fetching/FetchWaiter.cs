using FlyMQ.Partitions;

namespace FlyMQ.Broker.Fetching;

/// <summary>
/// A fetch that waits for more: woken by the partitions it watches when one of them moves, or by its deadline. Each wake-up tells which partitions moved, so
/// that nobody scans the others.
/// </summary>
internal sealed class FetchWaiter : IPartitionWatcher, IDisposable
{
    private readonly Lock _lock = new();
    private readonly List<(Partition Partition, int Index)> _watched = [];
    private readonly HashSet<int> _moved = [];
    private TaskCompletionSource<bool>? _wake;

    /// <param name="index">The partition's place in the fetch.</param>
    public void Watch(Partition partition, int index)
    {
        lock (_lock)
        {
            _watched.Add((partition, index));
        }

        partition.Watch(this);
    }

    public void OnAdvanced(Partition partition)
    {
        TaskCompletionSource<bool>? wake;
        lock (_lock)
        {
            foreach (var (watched, index) in _watched)
            {
                if (ReferenceEquals(watched, partition))
                {
                    _moved.Add(index);
                }
            }

            wake = _wake;
            _wake = null;
        }

        // Not on the journal's thread: what continues reads and answers.
        wake?.TrySetResult(true);
    }

    /// <summary>Which partitions moved since the last time; none when the time is over.</summary>
    public async ValueTask<IReadOnlyList<int>> NextAsync(TimeSpan timeout, TimeProvider time, CancellationToken aborted)
    {
        Task<bool> wake;
        lock (_lock)
        {
            if (_moved.Count > 0)
            {
                return Take();
            }

            _wake = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            wake = _wake.Task;
        }

        try
        {
            await wake.WaitAsync(timeout, time, aborted).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return [];
        }

        lock (_lock)
        {
            return Take();
        }
    }

    public void Dispose()
    {
        foreach (var (partition, _) in _watched)
        {
            partition.Unwatch(this);
        }
    }

    private int[] Take()
    {
        int[] moved = [.. _moved];
        _moved.Clear();
        return moved;
    }
}
