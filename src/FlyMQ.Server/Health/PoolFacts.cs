namespace FlyMQ.Server.Health;

/// <summary>How the thread pool is.</summary>
/// <param name="WaitedMs">How long the item that was queued last has waited for a thread; 0 when it ran before the next look.</param>
/// <param name="Queued">Items that wait for a thread.</param>
/// <param name="Threads">Threads that there are.</param>
internal readonly record struct PoolFacts(long WaitedMs, long Queued, int Threads);
