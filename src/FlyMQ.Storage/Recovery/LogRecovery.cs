using System.Globalization;
using FlyMQ.Records;
using FlyMQ.Storage.Files;
using FlyMQ.Storage.Segments;

namespace FlyMQ.Storage.Recovery;

/// <summary>
/// What a log's folder holds, judged against the checkpoint. After a clean shutdown nothing is opened. Otherwise everything behind the checkpoint is cut off, for
/// the journal has it: after a flush that failed the page cache may show bytes that never reached the disk and never will. What the checkpoint promises must be
/// there; where it is not, the log is fenced and nothing is deleted.
/// </summary>
internal static class LogRecovery
{
    internal sealed record Found(
        Segment[] Segments, Offset Start, Offset End, Offset HighWatermark, long SegmentFirstTimestampMs, IReadOnlyList<Offset> Snapshots, Offset NoProducersBelow,
        byte[]? LeaderEpochs, string? Damage, IReadOnlyList<SegmentRecords> Records);

    public static Found Open(IFiles files, SegmentFiles paths, LogCheckpoint checkpoint, bool clean)
    {
        var found = new List<(Offset Base, long Length)>();
        var snapshots = new List<Offset>();
        var hasEpochs = false;
        foreach (var entry in files.List(paths.Folder))
        {
            if (LogFileNames.TryParse(entry.Name, LogFileNames.Log, out var baseOffset))
            {
                found.Add((baseOffset, entry.Length));
            }
            else if (LogFileNames.TryParse(entry.Name, LogFileNames.ProducerSnapshot, out var snapshot))
            {
                snapshots.Add(snapshot);
            }

            hasEpochs |= entry.Name == LogFileNames.LeaderEpochs;
        }

        found.Sort();
        var damage = DamageBelow(found, checkpoint, clean, paths);
        List<Segment> segments = [.. found.Select(f => new Segment(
            paths, f.Base, f.Base == checkpoint.SegmentBase ? Math.Min(f.Length, checkpoint.SegmentBytes) : f.Length, f.Base == checkpoint.SegmentBase ? checkpoint.Entries : null))];
        if (damage is null)
        {
            AddUnwritten(segments, checkpoint, paths);
            DropBelowStart(segments, checkpoint);
            if (!clean)
            {
                CutToCheckpoint(segments, checkpoint, found);
                foreach (var beyond in snapshots.Where(s => s > checkpoint.RecoveryPoint))
                {
                    paths.Delete(paths.PathOf(beyond, LogFileNames.ProducerSnapshot));
                }

                snapshots.RemoveAll(s => s > checkpoint.RecoveryPoint);
            }
        }

        var start = Offset.Max(checkpoint.StartOffset, segments.Count > 0 ? segments[0].BaseOffset : Offset.Zero);
        return new Found(
            [.. segments], start, checkpoint.RecoveryPoint, checkpoint.HighWatermark, checkpoint.SegmentFirstTimestampMs, snapshots,
            checkpoint.NoProducersBelow, hasEpochs ? AtomicFile.Read(files, Path.Combine(paths.Folder, LogFileNames.LeaderEpochs)) : null, damage, checkpoint.Records);
    }

    // The segment of the end was begun and had no file yet. It goes on there: what comes next is not to land in the one before, whose length nobody promised.
    private static void AddUnwritten(List<Segment> segments, LogCheckpoint checkpoint, SegmentFiles paths)
    {
        if (segments.Count > 0 && segments.TrueForAll(s => s.BaseOffset != checkpoint.SegmentBase))
        {
            segments.Add(Segment.Create(paths, checkpoint.SegmentBase));
            segments.Sort((a, b) => a.BaseOffset.Value.CompareTo(b.BaseOffset.Value));
        }
    }

    // Segments that retention had given up; only their files outlived the crash.
    private static void DropBelowStart(List<Segment> segments, LogCheckpoint checkpoint)
    {
        while (segments.Count > 1 && segments[1].BaseOffset <= checkpoint.StartOffset && segments[0].BaseOffset < checkpoint.SegmentBase)
        {
            segments[0].Delete();
            segments.RemoveAt(0);
        }
    }

    private static string? DamageBelow(List<(Offset Base, long Length)> segments, LogCheckpoint checkpoint, bool clean, SegmentFiles paths)
    {
        long? active = segments.Exists(s => s.Base == checkpoint.SegmentBase) ? segments.Find(s => s.Base == checkpoint.SegmentBase).Length : null;
        var path = paths.PathOf(checkpoint.SegmentBase, LogFileNames.Log);
        if (checkpoint.SegmentBytes > 0 && active is null)
        {
            return $"{path} is missing, which the checkpoint says has {checkpoint.SegmentBytes} bytes on disk. Nothing was changed.";
        }

        if (active < checkpoint.SegmentBytes)
        {
            return string.Create(
                CultureInfo.InvariantCulture, $"{path} is damaged: it ends at byte {active}, and {checkpoint.SegmentBytes} bytes of it were on disk. Nothing was changed.");
        }

        return clean && active > checkpoint.SegmentBytes
            ? string.Create(CultureInfo.InvariantCulture, $"{path} has {active} bytes, but had {checkpoint.SegmentBytes} when the broker was shut down. Nothing was changed.")
            : null;
    }

    private static void CutToCheckpoint(List<Segment> segments, LogCheckpoint checkpoint, List<(Offset Base, long Length)> files)
    {
        foreach (var beyond in segments.Where(s => s.BaseOffset > checkpoint.SegmentBase))
        {
            beyond.Delete();
        }

        segments.RemoveAll(s => s.BaseOffset > checkpoint.SegmentBase);
        if (files.Exists(f => f.Base == checkpoint.SegmentBase))
        {
            segments[^1].CutFileOf(files.Find(f => f.Base == checkpoint.SegmentBase).Length);
        }
    }
}
