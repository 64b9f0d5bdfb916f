using FlyMQ.Records;
using FlyMQ.Storage;

namespace FlyMQ.Simulation.Storage;

/// <summary>What one log must hold, as naively as can be said.</summary>
internal sealed class LogModel(TopicIdPartition id, string topic, LogConfig config)
{
    public TopicIdPartition Id => id;

    public string Topic => topic;

    public LogConfig Config => config;

    public List<(Offset Base, Offset Next, LeaderEpoch Epoch, long MaxTimestampMs, byte[] Bytes)> Batches { get; } = [];

    public SortedDictionary<long, IReadOnlyList<ProducerSnapshotEntry>> Snapshots { get; } = [];

    /// <summary>May be found after a restart, or may not: it was being created when the power went.</summary>
    public bool IsUncertain { get; set; }

    /// <summary>Was being deleted: whatever is left of it is deleted again.</summary>
    public bool IsDoomed { get; set; }

    public Offset Start { get; set; }

    /// <summary>Where the log may begin after a restart: retention that found no room to note down what it did does it again.</summary>
    public Offset EarliestStart { get; set; }

    /// <summary>As far as the start may have come: it was being raised when the power went.</summary>
    public Offset LatestStart { get; set; }

    public Offset End { get; set; }

    /// <summary>Said to be on disk. Everything below must be there for ever.</summary>
    public Offset Flushed { get; set; }

    /// <summary>While the log is being truncated: what lies behind is allowed to be gone.</summary>
    public Offset TruncatingTo { get; set; } = new(long.MaxValue);

    public Offset HighWatermark { get; set; }

    public LeaderEpoch Epoch { get; set; } = new(1);

    public void Append(byte[] bytes, in RecordBatchHeader header, LeaderEpoch epoch)
    {
        var stamped = bytes.ToArray();
        RecordBatchHeader.Stamp(stamped, End, epoch);
        var next = End + (header.LastOffsetDelta + 1L);
        Batches.Add((End, next, epoch, header.MaxTimestamp, stamped));
        End = next;
    }

    /// <summary>What is at or above is gone. Batches are cut whole.</summary>
    public void TruncateTo(Offset offset)
    {
        Batches.RemoveAll(b => b.Next > offset);
        End = Offset.Max(Start, Batches.Count > 0 ? Batches[^1].Next : Offset.Zero);
        Flushed = Offset.Min(Flushed, End);
        HighWatermark = Offset.Min(HighWatermark, End);
        foreach (var snapshot in Snapshots.Keys.Where(k => k > End.Value).ToList())
        {
            Snapshots.Remove(snapshot);
        }
    }
}
