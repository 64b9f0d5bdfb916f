namespace FlyMQ.Storage.Journal;

/// <summary>Where the payload of a record lies in memory. The chunk is retained for the caller.</summary>
internal readonly record struct JournalSlot(Chunk? Chunk, int Position, long Sequence);
