using System.Buffers;

namespace FlyMQ.Partitions;

/// <summary>The watchers of one partition. A lock of its own, so that long polls coming and going do not contend with the writer.</summary>
internal sealed class Watchers
{
    private readonly Lock _gate = new();
    private readonly HashSet<IPartitionWatcher> _watchers = new(ReferenceEqualityComparer.Instance);
    private volatile int _count;

    public void Add(IPartitionWatcher watcher)
    {
        lock (_gate)
        {
            _watchers.Add(watcher);
            _count = _watchers.Count;
        }

        // Pairs with the barrier in Notify: whoever looks at the view after Watch sees the new one, or is called.
        Interlocked.MemoryBarrier();
    }

    public void Remove(IPartitionWatcher watcher)
    {
        lock (_gate)
        {
            _watchers.Remove(watcher);
            _count = _watchers.Count;
        }
    }

    /// <summary>Called outside every lock, after the view was published.</summary>
    public void Notify(Partition partition)
    {
        Interlocked.MemoryBarrier();
        if (_count == 0)
        {
            return;
        }

        IPartitionWatcher[] called;
        int count;
        lock (_gate)
        {
            count = _watchers.Count;
            called = ArrayPool<IPartitionWatcher>.Shared.Rent(count);
            _watchers.CopyTo(called);
        }

        for (var i = 0; i < count; i++)
        {
            called[i].OnAdvanced(partition);
        }

        ArrayPool<IPartitionWatcher>.Shared.Return(called, clearArray: true);
    }
}
