using System.Globalization;
using System.Text;
using FlyMQ.Records;
using FlyMQ.Storage.Files;
using FlyMQ.Storage.Segments;

namespace FlyMQ.Storage.Recovery;

/// <summary>
/// What is on disk in segments, as one file that is replaced whole (<c>log-checkpoint</c>): everything up to journal record <see cref="CoveredSequence"/>
/// is settled and flushed; a replay begins with the journal file of <see cref="Generation"/>. Text, a line per log, its last line a checksum.
/// </summary>
internal sealed record StoreCheckpoint(long CoveredSequence, long Generation, IReadOnlyDictionary<TopicIdPartition, LogCheckpoint> Logs)
{
    public const string FileName = "log-checkpoint", CleanShutdown = "clean-shutdown";
    private const string Version = "flymq-log-checkpoint 1";

    public static readonly StoreCheckpoint None = new(0, 1, new Dictionary<TopicIdPartition, LogCheckpoint>());

    /// <summary>Durable when it returns.</summary>
    public static void Write(IFiles files, string dataDir, StoreCheckpoint checkpoint)
    {
        var path = Path.Combine(dataDir, FileName);
        AtomicFile.Write(files, path, Encode(checkpoint));
    }

    /// <exception cref="InvalidDataException">The file is there and is none of ours, or damaged.</exception>
    public static StoreCheckpoint Read(IFiles files, string dataDir)
    {
        var path = Path.Combine(dataDir, FileName);
        return files.FileExists(path) ? Decode(AtomicFile.Read(files, path), path) : None;
    }

    private static byte[] Encode(StoreCheckpoint checkpoint)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{Version}\n{checkpoint.CoveredSequence} {checkpoint.Generation} {checkpoint.Logs.Count}\n");
        foreach (var (id, log) in checkpoint.Logs)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"{id.TopicId:N} {id.Partition} {log.StartOffset} {log.HighWatermark} {log.RecoveryPoint} {log.SegmentBase} {log.SegmentBytes} {log.Entries.Offsets} {log.Entries.Times} {log.SegmentFirstTimestampMs} {log.NoProducersBelow}{RecordsOf(log)}\n");
        }

        var crc = Crc32C.Compute(Encoding.ASCII.GetBytes(text.ToString()));
        text.Append(CultureInfo.InvariantCulture, $"{crc:x8}\n");
        return Encoding.ASCII.GetBytes(text.ToString());
    }

    // At the end of the line: versions without it read the line all the same, and what they write is counted anew.
    private static string RecordsOf(in LogCheckpoint log) => log.Records.Count == 0
        ? ""
        : " " + string.Join(',', log.Records.Select(r => string.Create(CultureInfo.InvariantCulture, $"{r.Base}:{r.Records}")));

    private static SegmentRecords[] RecordsIn(string text) =>
    [
        .. text.Split(',').Select(pair => pair.Split(':')).Select(pair => new SegmentRecords(
            new Offset(long.Parse(pair[0], CultureInfo.InvariantCulture)), long.Parse(pair[1], CultureInfo.InvariantCulture))),
    ];

    private static StoreCheckpoint Decode(byte[] bytes, string path)
    {
        var text = Encoding.ASCII.GetString(bytes);
        const int CrcLine = 9;
        if (text.Length < CrcLine || !uint.TryParse(text.AsSpan(text.Length - CrcLine, 8), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var crc)
            || Crc32C.Compute(bytes.AsSpan(0, bytes.Length - CrcLine)) != crc)
        {
            throw new InvalidDataException($"{path} is damaged: its checksum does not match.");
        }

        var lines = text.Split('\n');
        if (lines[0] != Version)
        {
            throw new InvalidDataException($"{path} was written by another version of FlyMQ: it begins with \"{lines[0]}\", expected \"{Version}\".");
        }

        var head = lines[1].Split(' ');
        var logs = new Dictionary<TopicIdPartition, LogCheckpoint>();
        foreach (var line in lines.Skip(2).Take(int.Parse(head[2], CultureInfo.InvariantCulture)))
        {
            var parts = line.Split(' ');
            long At(int i) => long.Parse(parts[i], CultureInfo.InvariantCulture);
            logs[new TopicIdPartition(Guid.ParseExact(parts[0], "N"), (int)At(1))] = new LogCheckpoint(
                new Offset(At(2)), new Offset(At(3)), new Offset(At(4)), new Offset(At(5)), At(6), new IndexEntries((int)At(7), (int)At(8)), At(9), new Offset(At(10)),
                parts.Length > 11 ? RecordsIn(parts[11]) : []);
        }

        return new StoreCheckpoint(long.Parse(head[0], CultureInfo.InvariantCulture), long.Parse(head[1], CultureInfo.InvariantCulture), logs);
    }
}

/// <summary>One log's part in a <see cref="StoreCheckpoint"/>.</summary>
/// <param name="RecoveryPoint">Everything below is in segments and on disk.</param>
/// <param name="SegmentBase">The segment that holds the end, and how many bytes of it are on disk for sure.</param>
/// <param name="Entries">Of its indexes, on disk for sure.</param>
/// <param name="SegmentFirstTimestampMs">Of its first batch, for rolling by time; −1 when it is empty.</param>
/// <param name="NoProducersBelow">No idempotent producer was known when the log ended here; 0 when nothing is said.</param>
/// <param name="Records">Of each segment, where they are counted; of the last one in <paramref name="SegmentBytes"/>.</param>
internal readonly record struct LogCheckpoint(
    Offset StartOffset, Offset HighWatermark, Offset RecoveryPoint, Offset SegmentBase, long SegmentBytes, IndexEntries Entries,
    long SegmentFirstTimestampMs, Offset NoProducersBelow, IReadOnlyList<SegmentRecords> Records)
{
    public static readonly LogCheckpoint Empty = new(Offset.Zero, Offset.Zero, Offset.Zero, Offset.Zero, 0, default, -1, Offset.Zero, []);
}

/// <summary>How many records a segment holds.</summary>
internal readonly record struct SegmentRecords(Offset Base, long Records);
