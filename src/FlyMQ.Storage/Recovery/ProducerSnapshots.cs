using FlyMQ.Records;
using FlyMQ.Storage.Files;
using FlyMQ.Storage.Segments;

namespace FlyMQ.Storage.Recovery;

/// <summary>
/// The producer snapshots of one log: on disk, and taken but not written yet. Taken under the log's gate, written by the settler. They are not flushed: one that
/// is torn does not match its checksum, and an older one and the log make up for it.
/// </summary>
internal sealed class ProducerSnapshots(SegmentFiles files)
{
    private readonly Lock _lock = new();
    private readonly List<Offset> _onDisk = [];
    private readonly List<(Offset Offset, IReadOnlyList<ProducerSnapshotEntry> Producers)> _pending = [];

    /// <summary>No producer was known when the log ended here; 0 when nothing is said.</summary>
    public Offset NoneBelow { get; private set; } = Offset.Zero;

    public void Found(IEnumerable<Offset> onDisk, Offset noneBelow)
    {
        _onDisk.AddRange(onDisk.Order());
        NoneBelow = noneBelow;
    }

    public void Add(Offset offset, IReadOnlyList<ProducerSnapshotEntry> producers, bool isEnd)
    {
        lock (_lock)
        {
            // Most logs have no idempotent producers, and at a clean end a line in the checkpoint says so without a file.
            if (producers.Count == 0 && isEnd)
            {
                NoneBelow = offset;
                return;
            }

            _pending.Add((offset, producers));
        }
    }

    public void WriteUpTo(Offset settled, ReadOnlySpan<Segment> segments)
    {
        while (true)
        {
            (Offset Offset, IReadOnlyList<ProducerSnapshotEntry> Producers) next;
            lock (_lock)
            {
                var index = _pending.FindIndex(p => p.Offset <= settled);
                if (index < 0)
                {
                    return;
                }

                next = _pending[index];
            }

            var bytes = ProducerSnapshotFile.Encode(next.Producers);
            using (var file = files.OpenOrCreate(PathOf(next.Offset)))
            {
                file.Write(bytes, 0);
                file.Truncate(bytes.Length);
            }

            lock (_lock)
            {
                _pending.RemoveAll(p => p.Offset == next.Offset);
                _onDisk.Remove(next.Offset);
                _onDisk.Add(next.Offset);
                _onDisk.Sort();
            }

            DeleteSuperseded(next.Offset, segments);
        }
    }

    /// <summary>The newest that reads, at or below an offset: what it covers is below its own.</summary>
    public (Offset Offset, IReadOnlyList<ProducerSnapshotEntry> Producers) Newest(Offset end)
    {
        Offset[] onDisk;
        lock (_lock)
        {
            if (_pending.FindLast(p => p.Offset <= end) is { Producers: { } producers } pending)
            {
                return (pending.Offset, producers);
            }

            onDisk = [.. _onDisk];
        }

        for (var i = onDisk.Length - 1; i >= 0 && onDisk[i] > NoneBelow; i--)
        {
            if (onDisk[i] <= end && files.Files.FileExists(PathOf(onDisk[i]))
                && ProducerSnapshotFile.TryDecode(AtomicFile.Read(files.Files, PathOf(onDisk[i]))) is { } read)
            {
                return (onDisk[i], read);
            }
        }

        return (NoneBelow <= end ? NoneBelow : Offset.Zero, []);
    }

    public void TruncateTo(Offset end)
    {
        List<Offset> gone;
        lock (_lock)
        {
            _pending.RemoveAll(p => p.Offset > end);
            gone = _onDisk.FindAll(o => o > end);
            _onDisk.RemoveAll(o => o > end);
            NoneBelow = Offset.Min(NoneBelow, end);
        }

        foreach (var offset in gone)
        {
            files.Delete(PathOf(offset));
        }
    }

    // Each segment keeps the one at its base, as in Kafka; those of clean shutdowns in between are not needed once there is a newer one.
    private void DeleteSuperseded(Offset newest, ReadOnlySpan<Segment> segments)
    {
        List<Offset> gone = [];
        lock (_lock)
        {
            foreach (var offset in _onDisk)
            {
                var isBase = false;
                foreach (var segment in segments)
                {
                    isBase |= segment.BaseOffset == offset;
                }

                if (!isBase && offset < newest)
                {
                    gone.Add(offset);
                }
            }

            _onDisk.RemoveAll(gone.Contains);
        }

        foreach (var offset in gone)
        {
            files.Delete(PathOf(offset));
        }
    }

    private string PathOf(Offset offset) => files.PathOf(offset, LogFileNames.ProducerSnapshot);
}
