using System.Buffers;
using FlyMQ.Records;
using FlyMQ.Storage.Files;

namespace FlyMQ.Storage.Segments;

/// <summary>
/// A run of settled batches in one file, with its indexes. Written by the settler only; read by anybody who holds a reference. The log file is opened when
/// needed (<see cref="LogFile"/>), index files are for as long as they are read or written. All are deleted when the last reference goes.
/// </summary>
internal sealed class Segment
{
    private const int ProbeBytes = 8192;
    private const int DefaultIndexIntervalBytes = 4096;

    private readonly SegmentFiles _files;
    private readonly Lock _opening = new();
    private readonly IndexEntries? _known;
    private readonly LogFile _log;
    private OffsetIndex? _offsetIndex;
    private TimeIndex? _timeIndex;
    private long _size;
    private int _references = 1;
    private bool _deleted;
    private bool _isNew;
    private bool _unlinked;
    private bool _isInherited;
    private long _bytesSinceIndexEntry = long.MaxValue;
    private byte[] _newEntries = [];
    private int _writtenOffsetEntries;
    private int _writtenTimeEntries;
    private bool _indexesRebuilt;

    /// <summary>A segment that is there.</summary>
    /// <param name="files">Its folder.</param>
    /// <param name="baseOffset">Its name.</param>
    /// <param name="size">The bytes of it that count.</param>
    /// <param name="entries">The entries of its indexes that count; null when the index files are as they were left.</param>
    public Segment(SegmentFiles files, Offset baseOffset, long size, IndexEntries? entries)
    {
        _files = files;
        BaseOffset = baseOffset;
        _size = size;
        _known = entries;
        _log = new LogFile(files.LogFiles, OpenLog);
        MaxTimestampMs = -1;
    }

    private Segment(SegmentFiles files, Offset baseOffset)
        : this(files, baseOffset, 0, null)
    {
        _isNew = true;
        _offsetIndex = new OffsetIndex(baseOffset);
        _timeIndex = new TimeIndex();
    }

    /// <summary>An empty segment, whatever files of its name a crash may have left.</summary>
    public static Segment Create(SegmentFiles files, Offset baseOffset) => new(files, baseOffset);

    public Offset BaseOffset { get; }

    /// <summary>How many records there are. Under the log's gate.</summary>
    public RecordCount Records { get; set; } = RecordCount.Of(0);

    /// <summary>Bytes settled.</summary>
    public long Size => Volatile.Read(ref _size);

    /// <summary>The greatest timestamp of the batches settled, and the last offset of the first batch that has it. By the settler; −1 before <see cref="LoadMaxTimestamp"/>.</summary>
    public long MaxTimestampMs { get; private set; }

    public Offset OffsetOfMaxTimestamp { get; private set; }

    /// <summary>For readers: what the settler or the time index knows.</summary>
    public long KnownMaxTimestampMs => Math.Max(MaxTimestampMs, Times().Last?.TimestampMs ?? -1);

    /// <summary>Entries of the indexes: what is on disk after <see cref="Flush"/>.</summary>
    public IndexEntries Entries => _timeIndex is null && _known is { } known ? known : new IndexEntries(Offsets().Count, Times().Count);

    /// <summary>Written since the last flush. By the settler.</summary>
    public bool IsDirty { get; private set; }

    public string LogPath => _files.PathOf(BaseOffset, LogFileNames.Log);

    public bool TryRetain()
    {
        while (true)
        {
            var references = Volatile.Read(ref _references);
            if (references == 0)
            {
                return false;
            }

            if (Interlocked.CompareExchange(ref _references, references + 1, references) == references)
            {
                return true;
            }
        }
    }

    public void Release()
    {
        if (Interlocked.Decrement(ref _references) > 0)
        {
            return;
        }

        CloseFiles();
        if (_deleted)
        {
            DeleteFiles();
        }
    }

    /// <summary>The files go when the last reader does; the owner's reference is given back here.</summary>
    public void Delete()
    {
        _deleted = true;
        Release();
    }

    /// <summary>The names go at once, for another segment may take them; who reads goes on with the open file.</summary>
    public void Unlink()
    {
        KeepForReaders();
        Volatile.Write(ref _unlinked, true);
        DeleteFiles();
        Release();
    }

    /// <summary>The names are about to go: for those who read, if any, the file stays open to the end.</summary>
    public void KeepForReaders()
    {
        if (Volatile.Read(ref _references) > 1)
        {
            try
            {
                _log.Keep();
            }
            catch (IOException)
            {
                // They learn it from their next read.
            }
        }
    }

    private void DeleteFiles()
    {
        foreach (var kind in (ReadOnlySpan<string>)[LogFileNames.Log, LogFileNames.OffsetIndex, LogFileNames.TimeIndex, LogFileNames.TransactionIndex, LogFileNames.ProducerSnapshot])
        {
            _files.Delete(_files.PathOf(BaseOffset, kind));
        }
    }

    /// <summary>Settler. Writes batches behind what is there, in one go, and indexes them in memory; the index files follow with <see cref="Flush"/>.</summary>
    /// <param name="batches">What to write, each with its header.</param>
    /// <param name="pieces">The bytes of the batches, in order.</param>
    /// <param name="indexIntervalBytes">Bytes between index entries.</param>
    public void Append(ReadOnlySpan<SettledBatch> batches, IReadOnlyList<ReadOnlyMemory<byte>> pieces, int indexIntervalBytes)
    {
        // Before the log file is written, after which its handle cannot be had for another file until it is flushed.
        if (_timeIndex is null)
        {
            LoadIndexes();
            LoadMaxTimestamp();
        }

        _log.Write(pieces, _size);
        IsDirty = true;
        var position = _size;
        foreach (var batch in batches)
        {
            Note(batch, position, indexIntervalBytes);
            position += batch.Length;
        }

        Volatile.Write(ref _size, position);
    }

    /// <summary>Settler. The log file is on disk when it returns, and may be closed.</summary>
    public void FlushLog()
    {
        if (_isInherited)
        {
            _log.FlushInherited();
            _isInherited = false;
        }
        else
        {
            _log.Flush();
        }
    }

    /// <summary>Settler. Everything settled is on disk when it returns.</summary>
    public void Flush()
    {
        if (!IsDirty)
        {
            return;
        }

        FlushLog();
        NoteTime();
        if (_indexesRebuilt)
        {
            ReplaceIndexes();
        }
        else
        {
            WriteNewEntries();
        }

        IsDirty = false;
    }

    /// <summary>Settler. Forgets what lies behind a position and an offset; the log file keeps it until <see cref="CutLogFile"/>.</summary>
    /// <exception cref="DamagedLogException"/>
    public void ForgetBehind(long position, Offset offset)
    {
        Volatile.Write(ref _size, position);
        Offsets().TruncateTo(position);
        Times().TruncateTo(BaseOffset, offset);
        MaxTimestampMs = -1;
        LoadMaxTimestamp();
        // What came after the last entry of the time index is in no index.
        foreach (var header in Headers(Offsets().FloorOfPosition(position)))
        {
            NoteMaxTimestamp(header.MaxTimestamp, header.NextOffset);
        }

        // Written anew: what a file shows is not on disk for sure when a flush of it had failed before.
        _indexesRebuilt = true;
        IsDirty = true;
    }

    /// <summary>Settler. The log file ends where the segment does; the index files do with the next <see cref="Flush"/>.</summary>
    public void CutLogFile()
    {
        using var use = _log.Use();
        Cut(use.File.Length);
    }

    /// <summary>Recovery. The same, where the file's length is known. That it is short enough may be the work of a process that ended before it flushed it.</summary>
    public void CutFileOf(long length)
    {
        _isInherited = true;
        Cut(length);
    }

    private void Cut(long length)
    {
        if (length > _size)
        {
            _log.Truncate(_size);
        }

        IsDirty = true;
    }

    /// <summary>The time index's last entry, for a segment that was there at start.</summary>
    public void LoadMaxTimestamp()
    {
        if (MaxTimestampMs < 0 && Times().Last is { } last)
        {
            MaxTimestampMs = last.TimestampMs;
            OffsetOfMaxTimestamp = BaseOffset + last.LastOffset;
        }
    }

    // Replaced whole: half an index would pass for one.
    private void ReplaceIndexes()
    {
        var (offsets, times) = (Offsets(), Times());
        ReplaceIndex(LogFileNames.OffsetIndex, offsets.Count, OffsetIndex.EntrySize, (i, entry) => OffsetIndex.Write(entry, offsets.At(i).LastOffset, offsets.At(i).Position));
        ReplaceIndex(LogFileNames.TimeIndex, times.Count, TimeIndex.EntrySize, (i, entry) => TimeIndex.Write(entry, times.At(i).TimestampMs, times.At(i).LastOffset));
        (_writtenOffsetEntries, _writtenTimeEntries) = (offsets.Count, times.Count);
        _indexesRebuilt = false;
    }

    private void ReplaceIndex(string kind, int count, int entrySize, WriteEntry write)
    {
        var bytes = new byte[count * entrySize];
        for (var i = 0; i < count; i++)
        {
            write(i, bytes.AsSpan(i * entrySize, entrySize));
        }

        _files.HasChanged = true;
        AtomicFile.Replace(_files.Files, _files.PathOf(BaseOffset, kind), bytes);
        _files.Metrics.WroteIndex(bytes.Length);
    }

    /// <summary>Where the batch that holds an offset begins, and its header; null behind the last.</summary>
    /// <exception cref="DamagedLogException"/>
    public (long Position, RecordBatchHeader Header)? Locate(Offset offset) => Walk(Offsets().FloorOfOffset(offset), header => header.NextOffset > offset);

    /// <summary>
    /// The header of the batch that holds an offset, and the segment's greatest timestamp. For a look at a segment that nobody may read for long: what is not open or in
    /// memory is looked at in the files, and is not afterwards either.
    /// </summary>
    /// <exception cref="IOException"/>
    public (RecordBatchHeader Header, long MaxTimestampMs)? Peek(Offset offset)
    {
        if (_log.UseIfOpen() is { } inUse)
        {
            using var use = inUse;
            return Peek(use.File, offset);
        }

        using var opened = _files.Files.Open(LogPath, FileOpenMode.Read);
        return Peek(opened, offset);
    }

    private (RecordBatchHeader Header, long MaxTimestampMs)? Peek(IFile log, Offset offset)
    {
        // It may be the index that says where no batch begins: one that is loaded is looked through first.
        if (_timeIndex is null && PeekIndexes(offset) is { } peeked && peeked.Position >= 0 && peeked.Position < Size)
        {
            try
            {
                if (HeaderOf(peeked.Position) is { } header)
                {
                    return (header, peeked.MaxTimestampMs);
                }
            }
            catch (DamagedLogException)
            {
            }
        }

        return HeaderOf(Offsets().FloorOfOffset(offset)) is { } found ? (found, KnownMaxTimestampMs) : null;

        RecordBatchHeader? HeaderOf(long from) => Walk(log, from, header => header.NextOffset > offset)?.Header;
    }

    /// <summary>The first batch at or after an offset whose greatest timestamp is at least a time.</summary>
    /// <exception cref="DamagedLogException"/>
    public (long Position, RecordBatchHeader Header)? LocateTimestamp(long timestampMs, Offset from)
    {
        var known = Times().FloorOf(timestampMs);
        var start = known < 0 ? 0 : Offsets().FloorOfOffset(BaseOffset + known);
        return Walk(start, header => header.MaxTimestamp >= timestampMs && header.NextOffset > from);
    }

    /// <summary>The greatest timestamp of the batches that reach beyond an offset, by reading their headers; −1 when there is none.</summary>
    /// <exception cref="DamagedLogException"/>
    public long MaxTimestampFrom(Offset offset)
        => Locate(offset) is { } first ? Headers(first.Position).Max(header => header.MaxTimestamp) : -1;

    /// <summary>Where a read that begins at a batch ends: behind the last whole batch within the bytes and below the offset.</summary>
    /// <returns>A position, and the offset after the last batch; the start itself when not even the first fits.</returns>
    /// <exception cref="DamagedLogException"/>
    public (long Position, Offset Next) EndOfRead(long start, Offset startOffset, long maxBytes, Offset upTo)
    {
        var size = Size;
        var limit = Math.Min(size, start + Math.Max(0, maxBytes));
        // A batch that an index entry names is a boundary: only the rest after it has to be walked.
        var position = Math.Max(start, Offsets().FloorOfPosition(limit));
        var byOffset = Offsets().FloorOfOffset(upTo - 1);
        position = Math.Max(start, Math.Min(position, byOffset));
        var next = startOffset;
        var end = start;
        using var use = _log.Use();
        Probe probe = new(use.File, size);
        try
        {
            if (position > start)
            {
                next = probe.HeaderAt(this, position).BaseOffset;
                end = position;
            }

            while (position < limit)
            {
                var header = probe.HeaderAt(this, position);
                if (position + header.SizeInBytes > limit || header.NextOffset > upTo)
                {
                    break;
                }

                position += header.SizeInBytes;
                next = header.NextOffset;
                end = position;
            }
        }
        finally
        {
            probe.Dispose();
        }

        return (end, next);
    }

    /// <summary>Every batch header from a position on, as the file has them now.</summary>
    /// <exception cref="DamagedLogException"/>
    public IEnumerable<RecordBatchHeader> Headers(long position)
    {
        var size = Size;
        if (size == 0)
        {
            // There may be no file yet.
            yield break;
        }

        using var use = _log.Use();
        var probe = new Probe(use.File, size);
        try
        {
            while (position < size)
            {
                var header = probe.HeaderAt(this, position);
                yield return header;
                position += header.SizeInBytes;
            }
        }
        finally
        {
            probe.Dispose();
        }
    }

    public int Read(Span<byte> destination, long position)
    {
        using var use = _log.Use();
        return use.File.Read(destination, position);
    }

    public void CloseFiles() => _log.Close();

    /// <summary>Settler. Closes the file when nobody has used it since the last time; it is opened again when somebody does.</summary>
    public void CloseIfIdle()
    {
        if (!_log.WasUsedLately())
        {
            _log.TryClose();
        }
    }

    private (long Position, RecordBatchHeader Header)? Walk(long position, Func<RecordBatchHeader, bool> found)
    {
        if (position >= Size)
        {
            return null;
        }

        using var use = _log.Use();
        return Walk(use.File, position, found);
    }

    private (long Position, RecordBatchHeader Header)? Walk(IFile log, long position, Func<RecordBatchHeader, bool> found)
    {
        var size = Size;
        Probe probe = new(log, size);
        try
        {
            while (position < size)
            {
                var header = probe.HeaderAt(this, position);
                if (found(header))
                {
                    return (position, header);
                }

                position += header.SizeInBytes;
            }

            return null;
        }
        finally
        {
            probe.Dispose();
        }
    }

    private void Note(in SettledBatch batch, long position, int indexIntervalBytes)
    {
        var relative = (int)(batch.NextOffset - BaseOffset - 1);
        NoteMaxTimestamp(batch.MaxTimestampMs, batch.NextOffset);
        if (_bytesSinceIndexEntry >= indexIntervalBytes && position > 0)
        {
            _offsetIndex!.Add(relative, (int)position);
            _bytesSinceIndexEntry = 0;
            NoteTime();
        }

        _bytesSinceIndexEntry = _bytesSinceIndexEntry == long.MaxValue ? batch.Length : _bytesSinceIndexEntry + batch.Length;
    }

    private void NoteMaxTimestamp(long timestampMs, Offset nextOffset)
    {
        if (timestampMs > MaxTimestampMs)
        {
            MaxTimestampMs = timestampMs;
            OffsetOfMaxTimestamp = nextOffset - 1;
        }
    }

    private void NoteTime()
    {
        if (MaxTimestampMs >= 0 && (Times().Last is not { } last || last.TimestampMs < MaxTimestampMs))
        {
            Times().Add(MaxTimestampMs, (int)(OffsetOfMaxTimestamp - BaseOffset));
        }
    }

    private void WriteNewEntries()
    {
        AppendTo(LogFileNames.OffsetIndex, Offsets().Count, ref _writtenOffsetEntries, OffsetIndex.EntrySize, static (segment, i, entry) =>
        {
            var (offset, position) = segment.Offsets().At(i);
            OffsetIndex.Write(entry, offset, position);
        });
        AppendTo(LogFileNames.TimeIndex, Times().Count, ref _writtenTimeEntries, TimeIndex.EntrySize, static (segment, i, entry) =>
        {
            var (timestampMs, offset) = segment.Times().At(i);
            TimeIndex.Write(entry, timestampMs, offset);
        });
    }

    private void AppendTo(string kind, int count, ref int written, int entrySize, WriteEntryOf write)
    {
        using var file = _files.OpenOrCreate(_files.PathOf(BaseOffset, kind));
        var end = (long)written * entrySize;
        var stale = file.Length > end;
        if (stale)
        {
            // Left behind by a crash.
            file.Truncate(end);
        }

        var bytes = (count - written) * entrySize;
        if (bytes > 0)
        {
            if (_newEntries.Length < bytes)
            {
                _newEntries = new byte[Math.Max(bytes, 256)];
            }

            for (var i = written; i < count; i++)
            {
                write(this, i, _newEntries.AsSpan((i - written) * entrySize, entrySize));
            }

            file.Write(_newEntries.AsSpan(0, bytes), end);
            _files.Metrics.WroteIndex(bytes);
        }

        if (stale || bytes > 0)
        {
            file.Flush();
        }

        written = count;
    }

    private IFile OpenLog()
    {
        // The name may be another's by now.
        if (Volatile.Read(ref _unlinked))
        {
            throw new IOException($"{LogPath} was cut off.");
        }

        // A log that holds something is never created anew by accident.
        var opened = Size > 0 ? _files.Files.Open(LogPath, FileOpenMode.Existing) : _files.OpenOrCreate(LogPath);
        if (_isNew && opened.Length > 0)
        {
            opened.Truncate(0);
        }

        // What is in it from now on was written by this segment, however often it is opened, and even when it is cut back to nothing.
        _isNew = false;

        return opened;
    }

    private OffsetIndex Offsets()
    {
        if (_offsetIndex is null)
        {
            LoadIndexes();
        }

        return _offsetIndex!;
    }

    private TimeIndex Times()
    {
        if (_timeIndex is null)
        {
            LoadIndexes();
        }

        return _timeIndex!;
    }

    private void LoadIndexes()
    {
        lock (_opening)
        {
            if (_timeIndex is not null)
            {
                return;
            }

            var offsets = ReadIndex(LogFileNames.OffsetIndex, OffsetIndex.EntrySize, bytes => OffsetIndex.Read(BaseOffset, bytes));
            var times = ReadIndex(LogFileNames.TimeIndex, TimeIndex.EntrySize, TimeIndex.Read);
            if (offsets is not null && times is not null && offsets.Keep(_known?.Offsets) && times.Keep(_known?.Times) && offsets.Fits(Size) && times.Fits())
            {
                (_writtenOffsetEntries, _writtenTimeEntries) = (offsets.Count, times.Count);
            }
            else
            {
                // Lost in a crash, or deleted by somebody; Kafka's users do, for they can be built anew.
                if (Size > 0)
                {
                    _files.IndexRebuilt?.Invoke(LogPath);
                }

                (offsets, times) = BuildIndexes(DefaultIndexIntervalBytes);
                _indexesRebuilt = true;
            }

            _offsetIndex = offsets;
            _timeIndex = times;
        }
    }

    // The last entry at or before an offset, by halving in the file: a whole index would be megabytes for one number.
    private (long Position, long MaxTimestampMs)? PeekIndexes(Offset offset)
    {
        using var offsets = OpenIndex(LogFileNames.OffsetIndex);
        using var times = OpenIndex(LogFileNames.TimeIndex);
        if (offsets is null || times is null)
        {
            return null;
        }

        var entries = _known ?? new IndexEntries((int)(offsets.Length / OffsetIndex.EntrySize), (int)(times.Length / TimeIndex.EntrySize));
        Span<byte> entry = stackalloc byte[TimeIndex.EntrySize];
        var floor = entry[..OffsetIndex.EntrySize];
        var position = 0;
        for (int low = 0, high = entries.Offsets; low < high;)
        {
            var middle = (low + high) >>> 1;
            if (offsets.Read(floor, (long)middle * OffsetIndex.EntrySize) < floor.Length)
            {
                return null;
            }

            var (lastOffset, at) = OffsetIndex.ReadEntry(floor);
            (low, high, position) = lastOffset <= offset - BaseOffset ? (middle + 1, high, at) : (low, middle, position);
        }

        if (entries.Times == 0)
        {
            return (position, -1);
        }

        return times.Read(entry, (entries.Times - 1L) * TimeIndex.EntrySize) == entry.Length ? (position, TimeIndex.ReadEntry(entry).TimestampMs) : null;
    }

    private IFile? OpenIndex(string kind)
    {
        var path = _files.PathOf(BaseOffset, kind);
        return _files.Files.FileExists(path) ? _files.Files.Open(path, FileOpenMode.Read) : null;
    }

    private T? ReadIndex<T>(string kind, int entrySize, Parse<T> parse)
        where T : class
    {
        using var file = OpenIndex(kind);
        if (file is null)
        {
            return null;
        }

        var bytes = new byte[file.Length / entrySize * entrySize];
        var read = file.Read(bytes, 0);
        return parse(bytes.AsSpan(0, read / entrySize * entrySize));
    }

    private (OffsetIndex Offsets, TimeIndex Times) BuildIndexes(int indexIntervalBytes)
    {
        var offsets = new OffsetIndex(BaseOffset);
        var times = new TimeIndex();
        var position = 0L;
        var sinceEntry = 0L;
        var max = (TimestampMs: -1L, LastOffset: 0);
        foreach (var header in Headers(0))
        {
            var last = (int)(header.NextOffset - BaseOffset - 1);
            max = header.MaxTimestamp > max.TimestampMs ? (header.MaxTimestamp, last) : max;
            if (sinceEntry >= indexIntervalBytes)
            {
                offsets.Add(last, (int)position);
                AddTime();
                sinceEntry = 0;
            }

            sinceEntry += header.SizeInBytes;
            position += header.SizeInBytes;
        }

        AddTime();
        return (offsets, times);

        void AddTime()
        {
            if (max.TimestampMs >= 0 && (times.Last is not { } known || known.TimestampMs < max.TimestampMs))
            {
                times.Add(max.TimestampMs, max.LastOffset);
            }
        }
    }

    private delegate T Parse<out T>(ReadOnlySpan<byte> bytes);

    private delegate void WriteEntry(int index, Span<byte> entry);

    private delegate void WriteEntryOf(Segment segment, int index, Span<byte> entry);

    /// <summary>Reads headers one after the other, several with one call where batches are small.</summary>
    private struct Probe(IFile file, long size) : IDisposable
    {
        private byte[]? _buffer;
        private long _start;
        private int _count;

        public RecordBatchHeader HeaderAt(Segment segment, long position)
        {
            _buffer ??= ArrayPool<byte>.Shared.Rent(ProbeBytes);
            if (position < _start || position + RecordBatchHeader.Size > _start + _count)
            {
                _start = position;
                _count = file.Read(_buffer.AsSpan(0, (int)Math.Min(ProbeBytes, size - position)), position);
            }

            var offset = (int)(position - _start);
            if (!RecordBatchHeader.TryRead(_buffer.AsSpan(offset, Math.Max(0, _count - offset)), out var header)
                || header.Magic != RecordBatchHeader.CurrentMagic || header.BatchLength < RecordBatchHeader.Size - RecordBatchHeader.LogOverhead
                || header.SizeInBytes > size - position || header.LastOffsetDelta < 0)
            {
                throw new DamagedLogException(segment.LogPath, position);
            }

            return header;
        }

        public void Dispose()
        {
            if (_buffer is not null)
            {
                ArrayPool<byte>.Shared.Return(_buffer);
                _buffer = null;
            }
        }
    }
}

/// <summary>What the indexes need to know of a batch.</summary>
internal readonly record struct SettledBatch(Offset NextOffset, long MaxTimestampMs, int Length);

/// <summary>Bytes that were on disk for sure do not read as what was written.</summary>
internal sealed class DamagedLogException(string path, long position) : IOException($"{path} is damaged at byte {position}.")
{
    public string FilePath => path;

    public long Position => position;
}

/// <summary>How many entries the indexes of a segment have.</summary>
internal readonly record struct IndexEntries(int Offsets, int Times);
