using FlyMQ.Records;

namespace FlyMQ.Storage.Journal;

/// <summary>What has accumulated since the last flush and is written in one go. Filled under the journal's lock, then owned by its writer.</summary>
internal sealed class FlushRound
{
    public List<WriteRange> Ranges { get; } = [];

    public List<TouchedLog> Logs { get; } = [];

    public long LastSequence { get; set; }

    /// <summary>So many of the ranges are written. The rest is when there is room for it.</summary>
    public int Written { get; set; }

    public void Clear()
    {
        Written = 0;
        Ranges.Clear();
        Logs.Clear();
    }
}

/// <summary>Whole pages of one chunk, for one file.</summary>
/// <param name="ReleasesChunk">Nothing more will be written from the chunk.</param>
internal readonly record struct WriteRange(Chunk Chunk, int Start, int Length, long Generation, long FilePosition, long LastSequence, bool ReleasesChunk);

/// <summary>A log with batches in a round, and where they end.</summary>
internal readonly record struct TouchedLog(PartitionLog Log, Offset End);
