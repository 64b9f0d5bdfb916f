using System.Buffers;
using System.Globalization;
using FlyMQ.Records;
using FlyMQ.Storage.Files;
using FlyMQ.Storage.Segments;

namespace FlyMQ.Storage.Recovery;

/// <summary>
/// What a log's folder holds, judged against the checkpoint. After a clean shutdown nothing is opened. Otherwise what lies behind the checkpoint is
/// read: whole batches in sequence are kept, what follows is a settler's unfinished work, which the journal has. What the checkpoint
/// promises must be there; where it is not, the log is fenced and nothing is deleted.
/// </summary>
internal static class LogRecovery
{
    private const int WindowBytes = 1 << 20;

    internal sealed record Found(
        Segment[] Segments, Offset Start, Offset End, Offset RecoveryPoint, Offset HighWatermark, long SegmentFirstTimestampMs, IReadOnlyList<Offset> Snapshots,
        Offset NoProducersBelow, byte[]? LeaderEpochs, IReadOnlyList<(LeaderEpoch Epoch, Offset Start)> ScannedEpochs, string? Damage);

    public static Found Open(IFiles files, SegmentFiles paths, LogCheckpoint checkpoint, bool clean, LogConfig config, StorageEvents events)
    {
        var entries = files.List(paths.Folder);
        var segments = new List<Segment>();
        var snapshots = new List<Offset>();
        var hasEpochs = false;
        foreach (var entry in entries)
        {
            if (LogFileNames.TryParse(entry.Name, LogFileNames.Log, out var baseOffset))
            {
                segments.Add(new Segment(paths, baseOffset, entry.Length));
            }
            else if (LogFileNames.TryParse(entry.Name, LogFileNames.ProducerSnapshot, out var snapshot))
            {
                snapshots.Add(snapshot);
            }

            hasEpochs |= entry.Name == LogFileNames.LeaderEpochs;
        }

        segments.Sort((a, b) => a.BaseOffset.CompareTo(b.BaseOffset));
        DropBelowStart(segments, checkpoint);
        var damage = DamageBelow(segments, checkpoint, clean, paths);
        var end = checkpoint.RecoveryPoint;
        List<(LeaderEpoch, Offset)> epochs = [];
        var firstTimestampMs = checkpoint.SegmentFirstTimestampMs;
        if (damage is null && !clean)
        {
            end = KeepWholeBatches(segments, checkpoint, config, epochs, ref firstTimestampMs, events);
        }

        var start = Offset.Max(checkpoint.StartOffset, segments.Count > 0 ? segments[0].BaseOffset : Offset.Zero);
        return new Found(
            [.. segments], start, Offset.Max(end, start), checkpoint.RecoveryPoint, checkpoint.HighWatermark, firstTimestampMs, snapshots, checkpoint.NoProducersBelow,
            hasEpochs ? AtomicFile.Read(files, Path.Combine(paths.Folder, LogFileNames.LeaderEpochs)) : null, epochs, damage);
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

    private static string? DamageBelow(List<Segment> segments, LogCheckpoint checkpoint, bool clean, SegmentFiles paths)
    {
        var active = segments.Find(s => s.BaseOffset == checkpoint.SegmentBase);
        var path = paths.PathOf(checkpoint.SegmentBase, LogFileNames.Log);
        if (checkpoint.SegmentBytes > 0 && active is null)
        {
            return $"{path} is missing, which the checkpoint says has {checkpoint.SegmentBytes} bytes on disk. Nothing was changed.";
        }

        if (active is not null && active.Size < checkpoint.SegmentBytes)
        {
            return string.Create(
                CultureInfo.InvariantCulture, $"{path} is damaged: it ends at byte {active.Size}, and {checkpoint.SegmentBytes} bytes of it were on disk. Nothing was changed.");
        }

        return clean && active is not null && active.Size > checkpoint.SegmentBytes
            ? string.Create(CultureInfo.InvariantCulture, $"{path} has {active.Size} bytes, but had {checkpoint.SegmentBytes} when the broker was shut down. Nothing was changed.")
            : null;
    }

    private static Offset KeepWholeBatches(
        List<Segment> segments, LogCheckpoint checkpoint, LogConfig config, List<(LeaderEpoch, Offset)> epochs, ref long firstTimestampMs, StorageEvents events)
    {
        var end = checkpoint.RecoveryPoint;
        var kept = segments.FindIndex(s => s.BaseOffset >= checkpoint.SegmentBase);
        kept = kept < 0 ? segments.Count : kept;
        for (var ended = false; kept < segments.Count; kept++)
        {
            var segment = segments[kept];
            var isCheckpointed = segment.BaseOffset == checkpoint.SegmentBase;
            var from = isCheckpointed ? checkpoint.SegmentBytes : 0;
            if (ended || (!isCheckpointed && segment.BaseOffset != end))
            {
                break;
            }

            var fileBytes = segment.Size;
            segment.TruncateIndexes(from, end);
            segment.OpenForAppend(config.IndexIntervalBytes, out var rebuilt);
            if (rebuilt)
            {
                events.IndexRebuilt(segment.LogPath);
            }

            if (!isCheckpointed)
            {
                firstTimestampMs = -1;
            }

            end = Scan(segment, fileBytes, end, config, epochs, ref firstTimestampMs);
            if (segment.Size < fileBytes)
            {
                segment.TruncateTo(segment.Size, end);
                ended = true;
            }
        }

        foreach (var beyond in segments.Skip(kept))
        {
            beyond.Delete();
        }

        segments.RemoveRange(kept, segments.Count - kept);
        return end;
    }

    // The segment says it is as long as what is known to be on disk, and grows over each batch that proves whole.
    private static Offset Scan(Segment segment, long fileBytes, Offset end, LogConfig config, List<(LeaderEpoch, Offset)> epochs, ref long firstTimestampMs)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(WindowBytes);
        try
        {
            while (segment.Size < fileBytes)
            {
                var position = segment.Size;
                var read = segment.Read(buffer.AsSpan(0, (int)Math.Min(buffer.Length, fileBytes - position)), position);
                var at = 0;
                while (RecordBatchHeader.TryRead(buffer.AsSpan(at, read - at), out var header)
                    && header.BatchLength >= RecordBatchHeader.Size - RecordBatchHeader.LogOverhead && header.SizeInBytes <= read - at)
                {
                    var batch = buffer.AsSpan(at, header.SizeInBytes);
                    if (header.BaseOffset != end || RecordBatchValidator.ValidateHeader(header) != RecordBatchFault.None
                        || Crc32C.Compute(batch[RecordBatchHeader.CrcCoverageStart..]) != header.Crc)
                    {
                        return end;
                    }

                    segment.Adopt(new SettledBatch(header.NextOffset, header.MaxTimestamp, header.SizeInBytes), config.IndexIntervalBytes);
                    epochs.Add((header.LeaderEpoch, header.BaseOffset));
                    firstTimestampMs = firstTimestampMs < 0 ? header.MaxTimestamp : firstTimestampMs;
                    end = header.NextOffset;
                    at += header.SizeInBytes;
                }

                if (at == 0)
                {
                    // Larger than the window, or no batch at all.
                    if (!RecordBatchHeader.TryRead(buffer.AsSpan(0, read), out var large)
                        || large.BatchLength < RecordBatchHeader.Size - RecordBatchHeader.LogOverhead || large.SizeInBytes > fileBytes - position
                        || large.SizeInBytes <= buffer.Length || large.BaseOffset != end)
                    {
                        return end;
                    }

                    ArrayPool<byte>.Shared.Return(buffer);
                    buffer = ArrayPool<byte>.Shared.Rent(large.SizeInBytes);
                }
            }

            return end;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
