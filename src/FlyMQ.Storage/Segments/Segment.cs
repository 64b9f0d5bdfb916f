using System.Buffers;
using FlyMQ.Records;
using FlyMQ.Storage.Files;

namespace FlyMQ.Storage.Segments;

/// <summary>
/// A run of settled batches in one file, with its indexes. Written by the settler only; read by anybody who holds a reference. Files are
/// opened when first needed, and deleted when the last reference goes.
/// </summary>
internal sealed class Segment
{
    private const int ProbeBytes = 8192;

    private readonly SegmentFiles _files;
    private readonly Lock _opening = new();
    private IFile? _log;
    private IFile? _offsetIndexFile;
    private IFile? _timeIndexFile;
    private OffsetIndex? _offsetIndex;
    private TimeIndex? _timeIndex;
    private long _size;
    private int _references = 1;
    private bool _deleted;
    private long _bytesSinceIndexEntry = long.MaxValue;
    private byte[] _newEntries = [];
    private int _flushedOffsetEntries;
    private int _flushedTimeEntries;

    public Segment(SegmentFiles files, Offset baseOffset, long size)
    {
        _files = files;
        BaseOffset = baseOffset;
        _size = size;
        MaxTimestampMs = -1;
    }

    public Offset BaseOffset { get; }

    /// <summary>Bytes settled.</summary>
    public long Size => Volatile.Read(ref _size);

    /// <summary>The greatest timestamp of the batches settled, and the last offset of the first batch that has it. By the settler; −1 before <see cref="LoadMaxTimestamp"/>.</summary>
    public long MaxTimestampMs { get; private set; }

    public Offset OffsetOfMaxTimestamp { get; private set; }

    /// <summary>For readers: what the settler or the time index knows.</summary>
    public long KnownMaxTimestampMs => Math.Max(MaxTimestampMs, Times().Last?.TimestampMs ?? -1);

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
            foreach (var kind in (ReadOnlySpan<string>)[LogFileNames.Log, LogFileNames.OffsetIndex, LogFileNames.TimeIndex, LogFileNames.TransactionIndex, LogFileNames.ProducerSnapshot])
            {
                _files.Files.Delete(_files.PathOf(BaseOffset, kind));
            }
        }
    }

    /// <summary>The files go when the last reader does; the owner's reference is given back here.</summary>
    public void Delete()
    {
        _deleted = true;
        Release();
    }

    /// <summary>Settler. Writes batches behind what is there, in one go, and indexes them.</summary>
    /// <param name="batches">What to write, each with its header.</param>
    /// <param name="pieces">The bytes of the batches, in order.</param>
    /// <param name="indexIntervalBytes">Bytes between index entries.</param>
    public void Append(ReadOnlySpan<SettledBatch> batches, IReadOnlyList<ReadOnlyMemory<byte>> pieces, int indexIntervalBytes)
    {
        Log().Write(pieces, _size);
        IsDirty = true;
        var position = _size;
        foreach (var batch in batches)
        {
            Note(batch, position, indexIntervalBytes);
            position += batch.Length;
        }

        WriteNewEntries();
        Volatile.Write(ref _size, position);
    }

    /// <summary>Recovery. Indexes a batch that is in the file already and extends the segment over it.</summary>
    public void Adopt(in SettledBatch batch, int indexIntervalBytes)
    {
        Note(batch, _size, indexIntervalBytes);
        IsDirty = true;
        Volatile.Write(ref _size, _size + batch.Length);
    }

    /// <summary>Settler. The segment gets no more batches: its last timestamp is indexed, so that it is known without reading it.</summary>
    public void Seal() => IndexMaxTimestamp();

    /// <summary>Settler. Everything settled is on disk when it returns.</summary>
    public void Flush()
    {
        if (!IsDirty)
        {
            return;
        }

        IndexMaxTimestamp();
        Log().Flush();
        // An index that got nothing since the last time has nothing to flush.
        FlushIndex(_offsetIndexFile, Offsets().Count, ref _flushedOffsetEntries);
        FlushIndex(_timeIndexFile, Times().Count, ref _flushedTimeEntries);
        IsDirty = false;
    }

    private static void FlushIndex(IFile? file, int entries, ref int flushed)
    {
        if (file is not null && entries != flushed)
        {
            file.Flush();
            flushed = entries;
        }
    }

    /// <summary>Settler, recovery. Cuts the files off behind a position and an offset.</summary>
    public void TruncateTo(long position, Offset offset)
    {
        _flushedOffsetEntries = _flushedTimeEntries = -1;
        Log().Truncate(position);
        Volatile.Write(ref _size, position);
        Offsets().TruncateTo(position);
        Times().TruncateTo(BaseOffset, offset);
        OffsetIndexFile().Truncate((long)Offsets().Count * OffsetIndex.EntrySize);
        TimeIndexFile().Truncate((long)Times().Count * TimeIndex.EntrySize);
        MaxTimestampMs = -1;
        LoadMaxTimestamp();
        IsDirty = true;
        Flush();
    }

    /// <summary>Recovery. Believes the file only up to a position, and what the indexes say only below an offset.</summary>
    public void TruncateIndexes(long position, Offset offset)
    {
        _flushedOffsetEntries = _flushedTimeEntries = -1;
        Volatile.Write(ref _size, position);
        Offsets().TruncateTo(position);
        Times().TruncateTo(BaseOffset, offset);
        OffsetIndexFile().Truncate((long)Offsets().Count * OffsetIndex.EntrySize);
        TimeIndexFile().Truncate((long)Times().Count * TimeIndex.EntrySize);
        MaxTimestampMs = -1;
        IsDirty = true;
    }

    /// <summary>Settler. Opens what will be written to and learns what the indexes know; <paramref name="rebuilt"/> when they did not fit the log.</summary>
    public void OpenForAppend(int indexIntervalBytes, out bool rebuilt)
    {
        rebuilt = !(Offsets().Fits(Size) && Times().Fits());
        if (rebuilt)
        {
            RebuildIndexes(indexIntervalBytes);
        }

        LoadMaxTimestamp();
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

    /// <summary>Where the batch that holds an offset begins, and its header; null behind the last.</summary>
    /// <exception cref="DamagedLogException"/>
    public (long Position, RecordBatchHeader Header)? Locate(Offset offset) => Walk(Offsets().FloorOfOffset(offset), header => header.NextOffset > offset);

    /// <summary>The first batch at or after an offset whose greatest timestamp is at least a time.</summary>
    /// <exception cref="DamagedLogException"/>
    public (long Position, RecordBatchHeader Header)? LocateTimestamp(long timestampMs, Offset from)
    {
        var known = Times().FloorOf(timestampMs);
        var start = known < 0 ? 0 : Offsets().FloorOfOffset(BaseOffset + known);
        return Walk(start, header => header.MaxTimestamp >= timestampMs && header.NextOffset > from);
    }

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
        Probe probe = new(Log(), size);
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
        var probe = new Probe(Log(), size);
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

    public int Read(Span<byte> destination, long position) => Log().Read(destination, position);

    public void CloseFiles()
    {
        lock (_opening)
        {
            _log?.Dispose();
            _offsetIndexFile?.Dispose();
            _timeIndexFile?.Dispose();
            _log = null;
            _offsetIndexFile = null;
            _timeIndexFile = null;
        }
    }

    /// <summary>Settler. Nobody else uses these two files once they are read.</summary>
    public void CloseIndexFiles()
    {
        lock (_opening)
        {
            _offsetIndexFile?.Dispose();
            _timeIndexFile?.Dispose();
            _offsetIndexFile = null;
            _timeIndexFile = null;
        }
    }

    private (long Position, RecordBatchHeader Header)? Walk(long position, Func<RecordBatchHeader, bool> found)
    {
        var size = Size;
        Probe probe = new(Log(), size);
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
        if (_offsetIndex is null || _timeIndex is null)
        {
            Offsets();
            LoadMaxTimestamp();
        }

        var relative = (int)(batch.NextOffset - BaseOffset - 1);
        if (batch.MaxTimestampMs > MaxTimestampMs)
        {
            MaxTimestampMs = batch.MaxTimestampMs;
            OffsetOfMaxTimestamp = batch.NextOffset - 1;
        }

        if (_bytesSinceIndexEntry >= indexIntervalBytes && position > 0)
        {
            _offsetIndex!.Add(relative, (int)position);
            _bytesSinceIndexEntry = 0;
            NoteTime();
        }

        _bytesSinceIndexEntry = _bytesSinceIndexEntry == long.MaxValue ? batch.Length : _bytesSinceIndexEntry + batch.Length;
    }

    private void NoteTime()
    {
        if (MaxTimestampMs >= 0 && (Times().Last is not { } last || last.TimestampMs < MaxTimestampMs))
        {
            Times().Add(MaxTimestampMs, (int)(OffsetOfMaxTimestamp - BaseOffset));
        }
    }

    private void IndexMaxTimestamp()
    {
        NoteTime();
        WriteNewEntries();
    }

    private void WriteNewEntries()
    {
        Append(OffsetIndexFile(), Offsets().Count, OffsetIndex.EntrySize, static (segment, i, entry) =>
        {
            var (offset, position) = segment.Offsets().At(i);
            OffsetIndex.Write(entry, offset, position);
        });
        Append(TimeIndexFile(), Times().Count, TimeIndex.EntrySize, static (segment, i, entry) =>
        {
            var (timestampMs, offset) = segment.Times().At(i);
            TimeIndex.Write(entry, timestampMs, offset);
        });
    }

    private void Append(IFile file, int count, int entrySize, WriteEntry write)
    {
        var written = (int)(file.Length / entrySize);
        var bytes = (count - written) * entrySize;
        if (bytes <= 0)
        {
            return;
        }

        if (_newEntries.Length < bytes)
        {
            _newEntries = new byte[Math.Max(bytes, 256)];
        }

        for (var i = written; i < count; i++)
        {
            write(this, i, _newEntries.AsSpan((i - written) * entrySize, entrySize));
        }

        file.Write(_newEntries.AsSpan(0, bytes), (long)written * entrySize);
    }

    private void RebuildIndexes(int indexIntervalBytes)
    {
        var size = Size;
        _offsetIndex = new OffsetIndex(BaseOffset);
        _timeIndex = new TimeIndex();
        OffsetIndexFile().Truncate(0);
        TimeIndexFile().Truncate(0);
        MaxTimestampMs = -1;
        _bytesSinceIndexEntry = long.MaxValue;
        _flushedOffsetEntries = _flushedTimeEntries = -1;
        var position = 0L;
        foreach (var header in Headers(0))
        {
            Note(new SettledBatch(header.NextOffset, header.MaxTimestamp, header.SizeInBytes), position, indexIntervalBytes);
            position += header.SizeInBytes;
        }

        IsDirty = size > 0;
        IndexMaxTimestamp();
    }

    private IFile Log() => _log ?? OpenOnce(ref _log, LogFileNames.Log);

    private IFile OffsetIndexFile() => _offsetIndexFile ?? OpenOnce(ref _offsetIndexFile, LogFileNames.OffsetIndex);

    private IFile TimeIndexFile() => _timeIndexFile ?? OpenOnce(ref _timeIndexFile, LogFileNames.TimeIndex);

    private IFile OpenOnce(ref IFile? file, string kind)
    {
        lock (_opening)
        {
            // A log that holds something is never created anew by accident.
            var mode = kind == LogFileNames.Log && Size > 0 ? FileOpenMode.Existing : FileOpenMode.OpenOrCreate;
            return file ??= _files.Files.Open(_files.PathOf(BaseOffset, kind), mode);
        }
    }

    private OffsetIndex Offsets()
    {
        if (_offsetIndex is { } index)
        {
            return index;
        }

        lock (_opening)
        {
            return _offsetIndex ??= ReadIndex(LogFileNames.OffsetIndex, OffsetIndex.EntrySize, bytes => OffsetIndex.Read(BaseOffset, bytes));
        }
    }

    private TimeIndex Times()
    {
        if (_timeIndex is { } index)
        {
            return index;
        }

        lock (_opening)
        {
            return _timeIndex ??= ReadIndex(LogFileNames.TimeIndex, TimeIndex.EntrySize, TimeIndex.Read);
        }
    }

    private T ReadIndex<T>(string kind, int entrySize, Parse<T> parse)
    {
        var path = _files.PathOf(BaseOffset, kind);
        if (!_files.Files.FileExists(path))
        {
            return parse([]);
        }

        using var file = _files.Files.Open(path, FileOpenMode.Read);
        var bytes = new byte[file.Length / entrySize * entrySize];
        var read = file.Read(bytes, 0);
        return parse(bytes.AsSpan(0, read / entrySize * entrySize));
    }

    private delegate T Parse<out T>(ReadOnlySpan<byte> bytes);

    private delegate void WriteEntry(Segment segment, int index, Span<byte> entry);

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
