namespace FlyMQ.Storage;

/// <summary>
/// How far the store's two threads have come, read without a lock. Counts, not times: whoever watches sees whether they move.
/// </summary>
/// <param name="Appended">Sequence of the journal's last record in memory.</param>
/// <param name="Flushed">Sequence of the last one that the journal's thread has dealt with; behind <paramref name="Appended"/> there is work for it.</param>
/// <param name="SettlerSteps">Rises with everything the settler does, and every few seconds when there is nothing to do.</param>
public readonly record struct StorageProgress(long Appended, long Flushed, long SettlerSteps);
