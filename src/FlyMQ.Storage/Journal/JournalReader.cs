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
    // More than a journal has files: files whose first page was lost in a crash do not tell their generation.
    private const int UnseenGenerations = 1024;

    private long _greatestGeneration;

    /// <summary>
    /// Greater than any generation on disk, once <see cref="Replay"/> has run. A start that is clean writes no checkpoint, so the one after it begins its
    /// reckoning at the same number, and has to leave room for what the first one may have written.
    /// </summary>
    public long NextGeneration(bool clean) => _greatestGeneration + (clean ? UnseenGenerations : 2 * UnseenGenerations);

    /// <summary>The greatest sequence on disk or covered.</summary>
    public long LastSequence { get; private set; }

    public static bool IsJournalFile(string name) => name.EndsWith(Suffix, StringComparison.Ordinal) && NumberOf(name) > 0;

    public static string NameOf(int number) => string.Create(CultureInfo.InvariantCulture, $"{number:D8}{Suffix}");

    public static int NumberOf(string name)
        => int.TryParse(name.AsSpan(0, name.Length - Suffix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    /// <param name="fromGeneration">Files of earlier lives are covered by the checkpoint.</param>
    /// <param name="coveredSequence">So are records up to this one.</param>
    /// <param name="apply">Header and whole record; the bytes are valid during the call.</param>
    /// <param name="progress">Bytes read so far, of all: told at the beginning, after each piece of about 1 MiB and at the end.</param>
    /// <exception cref="JournalDamagedException">A record is not whole although later ones were flushed.</exception>
    public void Replay(long fromGeneration, long coveredSequence, Action<JournalRecord, ReadOnlySpan<byte>> apply, Action<long, long> progress)
    {
        _greatestGeneration = Math.Max(_greatestGeneration, fromGeneration);
        LastSequence = Math.Max(LastSequence, coveredSequence);
        var found = Survey(fromGeneration);
        var total = found.Sum(f => f.Length);
        var done = 0L;
        var at = new Place(coveredSequence, 0, Path.Combine(folder, NameOf(1)), 0);
        progress(done, total);
        foreach (var file in found)
        {
            // Records are numbered without gaps: a file whose first is not the next is behind a torn flush, or behind damage.
            if (file.First.Sequence > at.Sequence + 1)
            {
                at.RefuseAfter(file.First);
            }
            else
            {
                var before = done;
                ReadFile(file, coveredSequence, apply, position => progress(before + position, total), ref at);
            }

            done += file.Length;
            progress(done, total);
        }
    }

    // The first record of each file tells the life it is in. A file that was never written, or whose first page is torn, has none.
    private List<Found> Survey(long fromGeneration)
    {
        var found = new List<Found>();
        var page = new byte[ChunkPool.PageSize];
        foreach (var entry in files.List(folder).Where(e => IsJournalFile(e.Name)))
        {
            var path = Path.Combine(folder, entry.Name);
            using var file = files.Open(path, FileOpenMode.Read);
            var length = file.Length;
            if (FirstRecord(file, length, page) is { } record)
            {
                _greatestGeneration = Math.Max(_greatestGeneration, record.Generation);
                LastSequence = Math.Max(LastSequence, record.Sequence);
                if (record.Generation >= fromGeneration)
                {
                    found.Add(new Found(path, record, length));
                }
            }
        }

        found.Sort((a, b) => a.First.Generation.CompareTo(b.First.Generation));
        return found;
    }

    // Where the first page does not read, later ones tell whether something is lost with it.
    private static JournalRecord? FirstRecord(IFile file, long length, byte[] page)
    {
        for (long position = 0; position < length; position += page.Length)
        {
            var read = page.AsSpan(0, file.Read(page, position));
            if (JournalRecord.TryRead(read, out var record) && record.HasIntactHeader(read))
            {
                return record;
            }

            if (position == 0 && !read.ContainsAnyExcept((byte)0))
            {
                return null;
            }
        }

        return null;
    }

    private void ReadFile(Found found, long coveredSequence, Action<JournalRecord, ReadOnlySpan<byte>> apply, Action<long> progress, ref Place at)
    {
        using var file = files.Open(found.Path, FileOpenMode.Read);
        var window = new Window(file, found.Length);
        try
        {
            var (position, told) = (0L, 0L);
            while (position < found.Length)
            {
                if (!JournalRecord.TryRead(window.At(position, JournalRecord.HeaderSize), out var record))
                {
                    if (position % ChunkPool.PageSize == 0)
                    {
                        break;
                    }

                    // The rest of the page after the end of a flush.
                    position = (position + ChunkPool.PageSize - 1) / ChunkPool.PageSize * ChunkPool.PageSize;
                    continue;
                }

                // A mark of another life: what follows is what the file held before.
                if (record.Generation != found.First.Generation || record.PayloadLength > found.Length - position - JournalRecord.HeaderSize)
                {
                    break;
                }

                var bytes = window.At(position, JournalRecord.HeaderSize + record.PayloadLength);
                if (!record.IsWhole(bytes) || (position > 0 && record.Sequence != at.Sequence + 1))
                {
                    break;
                }

                if (record.Sequence > coveredSequence)
                {
                    apply(record, bytes);
                }

                at = new Place(record.Sequence, record.Round, found.Path, position);
                LastSequence = Math.Max(LastSequence, record.Sequence);
                position += JournalRecord.SizeOf(record.PayloadLength);
                if (position - told >= ReadAhead)
                {
                    told = position;
                    progress(position);
                }
            }

            at = at with { Path = found.Path, Position = position };
            LookBehind(file, found, at);
        }
        finally
        {
            window.Dispose();
        }
    }

    private void LookBehind(IFile file, Found found, Place end)
    {
        var page = new byte[ChunkPool.PageSize];
        for (var at = end.Position / ChunkPool.PageSize * ChunkPool.PageSize; at < found.Length; at += ChunkPool.PageSize)
        {
            var read = page.AsSpan(0, file.Read(page, at));
            if (JournalRecord.TryRead(read, out var record) && record.Generation == found.First.Generation && record.HasIntactHeader(read))
            {
                LastSequence = Math.Max(LastSequence, record.Sequence);
                end.RefuseAfter(record);
            }
        }
    }

    /// <summary>How far a replay has come.</summary>
    private readonly record struct Place(long Sequence, long Round, string Path, long Position)
    {
        // A flush is the pages of one round. Rounds after the torn one are proof that the torn one had been flushed.
        public void RefuseAfter(in JournalRecord later)
        {
            if (later.IsFlushed && later.Sequence > Sequence + 1 && later.Round > Round + 1)
            {
                throw new JournalDamagedException(Path, Position);
            }
        }
    }

    private readonly record struct Found(string Path, JournalRecord First, long Length);

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
