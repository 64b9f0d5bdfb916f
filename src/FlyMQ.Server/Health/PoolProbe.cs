namespace FlyMQ.Server.Health;

/// <summary>
/// Queues an item to the thread pool at each look and sees at the next whether it ran; one waits at a time, however long the pool stands still. Touched by the
/// monitor's thread only, but for the count of those that ran.
/// </summary>
internal sealed class PoolProbe : IThreadPoolWorkItem
{
    private readonly StallWatch _watch = new();
    private long _queued;
    private long _ran;

    /// <param name="nowMs">On a clock that only rises.</param>
    public PoolFacts Look(long nowMs)
    {
        var ran = Volatile.Read(ref _ran);
        // Before the next item, which is none of theirs.
        var facts = new PoolFacts(_watch.Look(ran, _queued > ran, nowMs), ThreadPool.PendingWorkItemCount, ThreadPool.ThreadCount);
        if (_queued == ran)
        {
            _queued++;
            // Behind what waits already, as a request would be.
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }

        return facts;
    }

    void IThreadPoolWorkItem.Execute() => Interlocked.Increment(ref _ran);
}
