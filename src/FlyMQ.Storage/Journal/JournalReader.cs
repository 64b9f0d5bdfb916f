using System.Buffers;
using System.Globalization;
using FlyMQ.Storage.Files;

namespace FlyMQ.Storage.Journal;

/// <summary>
/// Reads what a journal held when its process ended: every whole record from a generation on, in order, up to the first that is not whole. That one is
/// the torn end of the last flush, which nobody was told about. Anything flushed later behind it means damage instead, and is refused.
/// </summary>
internal sealed class JournalReader(IFiles files, string folder)
{
    private const string Suffix = ".journal";
    private const int ReadAhead = 1 << 20;

    /// <summary>Greater than any generation on disk, once <see cref="Replay"/> has run.</summary>
    public long NextGeneration { get; private set; } = 1;

    /// <summary>The greatest sequence on disk or covered.</summary>
    public long LastSequence { get; private set; }

    public static bool IsJournalFile(string name) => name.EndsWith(Suffix, StringComparison.Ordinal) && NumberOf(name) > 0;

    public static string NameOf(int number) => string.Create(CultureInfo.InvariantCulture, $"{number:D8}{Suffix}");

    public static int NumberOf(string name)
        => int.TryParse(name.AsSpan(0, name.Length - Suffix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    /// <param name="fromGeneration">Files of earlier lives are covered by the checkpoint.</param>
    /// <param name="coveredSequence">So are records up to this one.</param>
    /// <param name="apply">Header and whole record; the bytes are valid during the call.</param>
    /// <param name="progress">Bytes read so far, of all.</param>
    /// <exception cref="JournalDamagedException">A record is not whole although later ones were flushed.</exception>
    public void Replay(long fromGeneration, long coveredSequence, Action<JournalRecord, ReadOnlySpan<byte>> apply, Action<long, long> progress)
    {
        NextGeneration = Math.Max(NextGeneration, fromGeneration);
        LastSequence = Math.Max(LastSequence, coveredSequence);
        var found = Survey();
        var total = found.Where(f => f.Generation >= fromGeneration).Sum(f => f.Length);
        var done = 0L;
        var expected = fromGeneration;
        Ending? ending = null;
        var lastRound = 0L;
        foreach (var file in found.Where(f => f.Generation >= fromGeneration).OrderBy(f => f.Generation))
        {
            if (ending is { } torn)
            {
                // The first file whose life began after the torn flush must not have been written to at all.
                if (file.Generation == expected && file.Round > lastRound + 1)
                {
                    throw new JournalDamagedException(torn.Path, torn.Position);
                }

                continue;
            }

            if (file.Generation != expected)
            {
                break;
            }

            ending = ReadFile(file, coveredSequence, apply, ref lastRound);
            expected++;
            done += file.Length;
            progress(done, total);
        }
    }

    // The first record of each file tells the life it is in. A file that was never written, or whose first page is torn, has none.
    private List<Found> Survey()
    {
        var found = new List<Found>();
        var head = new byte[4096];
        foreach (var entry in files.List(folder).Where(e => IsJournalFile(e.Name)))
        {
            var path = Path.Combine(folder, entry.Name);
            using var file = files.Open(path, FileOpenMode.Read);
            var read = file.Read(head, 0);
            if (JournalRecord.TryRead(head.AsSpan(0, read), out var record) && record.HasIntactHeader(head.AsSpan(0, read)))
            {
                found.Add(new Found(path, record.Generation, record.Round, file.Length));
                NextGeneration = Math.Max(NextGeneration, record.Generation + 1);
                LastSequence = Math.Max(LastSequence, record.Sequence);
            }
        }

        return found;
    }

    private Ending? ReadFile(Found found, long coveredSequence, Action<JournalRecord, ReadOnlySpan<byte>> apply, ref long lastRound)
    {
        using var file = files.Open(found.Path, FileOpenMode.Read);
        var window = new Window(file, found.Length);
        lastRound = Math.Max(lastRound, found.Round - 1);
        try
        {
            var position = 0L;
            while (position < found.Length)
            {
                var header = window.At(position, JournalRecord.HeaderSize);
                if (!JournalRecord.TryRead(header, out var record))
                {
                    if (position % ChunkPool.PageSize == 0)
                    {
                        return End(file, found, position, lastRound);
                    }

                    // The rest of the page after the end of a flush.
                    position = (position + ChunkPool.PageSize - 1) / ChunkPool.PageSize * ChunkPool.PageSize;
                    continue;
                }

                // A mark of another life: what follows is what the file held before.
                if (record.Generation != found.Generation || record.PayloadLength > found.Length - position - JournalRecord.HeaderSize)
                {
                    return End(file, found, position, lastRound);
                }

                var bytes = window.At(position, JournalRecord.HeaderSize + record.PayloadLength);
                if (!record.IsWhole(bytes))
                {
                    return End(file, found, position, lastRound);
                }

                LastSequence = Math.Max(LastSequence, record.Sequence);
                lastRound = Math.Max(lastRound, record.Round);
                if (record.Sequence > coveredSequence)
                {
                    apply(record, bytes);
                }

                position += JournalRecord.SizeOf(record.PayloadLength);
            }

            return null;
        }
        finally
        {
            window.Dispose();
        }
    }

    // A flush is the pages of one round. Rounds after the torn one are proof that the torn one had been flushed.
    private Ending? End(IFile file, Found found, long position, long lastRound)
    {
        var page = new byte[ChunkPool.PageSize];
        for (var at = position / ChunkPool.PageSize * ChunkPool.PageSize; at < found.Length; at += ChunkPool.PageSize)
        {
            var read = file.Read(page, at);
            if (JournalRecord.TryRead(page.AsSpan(0, read), out var record) && record.Generation == found.Generation && record.HasIntactHeader(page.AsSpan(0, read)))
            {
                LastSequence = Math.Max(LastSequence, record.Sequence);
                if (record.Round > lastRound + 1)
                {
                    throw new JournalDamagedException(found.Path, position);
                }
            }
        }

        return new Ending(found.Path, position);
    }

    private readonly record struct Found(string Path, long Generation, long Round, long Length);

    private readonly record struct Ending(string Path, long Position);

    /// <summary>A piece of the file in pooled memory that moves forward.</summary>
    private struct Window(IFile file, long length) : IDisposable
    {
        private byte[] _buffer = ArrayPool<byte>.Shared.Rent(ReadAhead);
        private long _start;
        private int _count;

        public ReadOnlySpan<byte> At(long position, int wanted)
        {
            wanted = (int)Math.Min(wanted, length - position);
            if (position < _start || position + wanted > _start + _count)
            {
                if (wanted > _buffer.Length)
                {
                    ArrayPool<byte>.Shared.Return(_buffer);
                    _buffer = ArrayPool<byte>.Shared.Rent(wanted);
                }

                _start = position;
                _count = file.Read(_buffer.AsSpan(0, (int)Math.Min(_buffer.Length, length - position)), position);
            }

            var offset = (int)(position - _start);
            return _buffer.AsSpan(offset, Math.Min(wanted, _count - offset));
        }

        public void Dispose() => ArrayPool<byte>.Shared.Return(_buffer);
    }
}

/// <summary>The journal is damaged in its middle: records that may have been acknowledged cannot be read. Nothing was changed on disk.</summary>
public sealed class JournalDamagedException(string path, long position)
    : IOException($"The journal is damaged: {path} does not read at byte {position} although later flushes reached the disk. Nothing was changed.")
{
    public string FilePath => path;

    public long Position => position;
}
