using System.Buffers;
using FlyMQ.Records;
using FlyMQ.Storage.Files;

namespace FlyMQ.Storage.Journal;

/// <summary>
/// The one sequential file set that everything on the acknowledgement path goes to. <see cref="Append"/> copies a record into memory under a short
/// lock; <see cref="FlushOnce"/>, called by one writer, puts all that has accumulated on disk at once, and so acknowledges a whole round.
/// </summary>
/// <remarks>
/// Each flush ends at a page boundary and the next begins behind it: no page that was acknowledged is ever written again, so a torn write can
/// only hurt what nobody was told about.
/// </remarks>
internal sealed class Journal : IDisposable
{
    private readonly IFiles _files;
    private readonly string _folder;
    private readonly LogStoreOptions _options;
    private readonly ChunkPool _chunks;
    private readonly StorageEvents _events;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private readonly long _firstGeneration;
    private readonly List<JournalFile> _used = [];
    private readonly Stack<JournalFile> _free = new();
    private readonly List<(long Sequence, TaskCompletionSource Flushed)> _waiting = [];
    private readonly List<ReadOnlyMemory<byte>> _pieces = [];
    private readonly SemaphoreSlim _work = new(0);
    private FlushRound _filling = new();
    private FlushRound _writing = new();
    private Chunk? _chunk;
    private int _position;
    private int _rangeStart;
    private long _rangeSequence;
    private long _generation;
    private long _filePosition;
    private long _sequence;
    private long _round = 1;
    private bool _signalled;
    private long _flushedSequence;
    private int _lastFileNumber;
    private string? _failure;
    private bool _unsynced;
    private volatile bool _lacksRoom;
    private long _lacksRoomSince;
    private readonly long _firstSequence;
    private long _appendedBytes;
    private long _writtenBytes;
    private long _safeBytes;
    private long _unsyncedSince;
    private long _fileBytesWritten;
    private long _rounds;

    /// <param name="files">The file system.</param>
    /// <param name="folder">The journal's own.</param>
    /// <param name="options">Sizes and sync mode.</param>
    /// <param name="chunks">Where memory comes from.</param>
    /// <param name="events">What is logged.</param>
    /// <param name="time">What flushes are measured with.</param>
    /// <param name="generation">The next file's; greater than any that a file on disk has.</param>
    /// <param name="sequence">The last record's; greater than any on disk.</param>
    public Journal(IFiles files, string folder, LogStoreOptions options, ChunkPool chunks, StorageEvents events, TimeProvider time, long generation, long sequence)
    {
        _files = files;
        _folder = folder;
        _options = options;
        _chunks = chunks;
        _events = events;
        _time = time;
        SyncLatency = new LatencyHistogram(options.LatencyBuckets);
        _generation = _firstGeneration = generation;
        _sequence = sequence;
        _flushedSequence = _firstSequence = sequence;
        foreach (var entry in files.List(folder).Where(e => JournalReader.IsJournalFile(e.Name)))
        {
            _lastFileNumber = Math.Max(_lastFileNumber, JournalReader.NumberOf(entry.Name));
            _free.Push(Open(Path.Combine(folder, entry.Name), FileOpenMode.Existing));
        }
    }

    /// <summary>How long flushes took: one for each round with <see cref="SyncMode.Commit"/>, one for each interval with <see cref="SyncMode.Interval"/>.</summary>
    public LatencyHistogram SyncLatency { get; }

    /// <summary>Everything up to this record is where the sync mode wants it.</summary>
    public long FlushedSequence => Volatile.Read(ref _flushedSequence);

    /// <summary>True while a round waits for room on the disk: nothing of it is told to anybody, and it is written again until there is some.</summary>
    public bool LacksRoom => _lacksRoom;

    /// <summary>The last record's in memory.</summary>
    public long AppendedSequence => Volatile.Read(ref _sequence);

    /// <summary>What the journal holds in memory and on disk, and what it has written. Takes the lock that appends take, for a few reads and a look at each file.</summary>
    public JournalLoad Load
    {
        get
        {
            lock (_lock)
            {
                var since = _unsyncedSince != 0 ? _unsyncedSince : _writing.BeganAt != 0 ? _writing.BeganAt : _filling.BeganAt;
                return new JournalLoad
                {
                    QueuedRecords = _sequence - _flushedSequence,
                    UnflushedBytes = _appendedBytes - _safeBytes,
                    OldestUnflushed = since == 0 ? TimeSpan.Zero : _time.GetElapsedTime(since),
                    FileBytes = _used.Sum(f => f.Written),
                    FileBytesLimit = _options.JournalBytes,
                    RecordsWritten = _flushedSequence - _firstSequence,
                    BytesWritten = Volatile.Read(ref _fileBytesWritten),
                    Rounds = _rounds,
                };
            }
        }
    }

    /// <summary>The oldest generation that a replay needs once everything up to a record is covered.</summary>
    public long OldestGenerationAfter(long coveredSequence)
    {
        lock (_lock)
        {
            foreach (var file in _used)
            {
                if (file.LastSequence > coveredSequence || file.Generation == CurrentFileGeneration())
                {
                    return file.Generation;
                }
            }

            // What was appended meanwhile may be in later files already, but begins in this one.
            return _firstGeneration;
        }
    }

    /// <summary>Greater than that of any record so far.</summary>
    public long NextGeneration
    {
        get
        {
            lock (_lock)
            {
                return _generation + 1;
            }
        }
    }

    /// <summary>True when a checkpoint should make files free.</summary>
    public bool NeedsCheckpoint
    {
        get
        {
            lock (_lock)
            {
                return _used.Sum(f => f.Written) > _options.JournalBytes - _options.JournalFileBytes && _used.Count > 1;
            }
        }
    }

    /// <summary>Told once, on the writer's thread, when a flush failed: nothing after the last completed round is on disk for sure.</summary>
    public Action<string>? Failed { get; set; }

    /// <summary>Copies one record to the journal's memory; the chunk is retained for the caller when there is a payload.</summary>
    /// <param name="kind">Of the record.</param>
    /// <param name="id">Whose it is.</param>
    /// <param name="epoch">The leader's.</param>
    /// <param name="offset">The base offset of a batch, the offset of a mark.</param>
    /// <param name="payload">The batch; its base offset and leader epoch are stamped on the copy.</param>
    /// <param name="log">Told when the round is flushed.</param>
    /// <param name="end">What it is told: the offset after the batch.</param>
    /// <returns>A slot without a chunk and with the sequence −1 when the journal has failed.</returns>
    public JournalSlot Append(
        JournalRecordKind kind, TopicIdPartition id, LeaderEpoch epoch, Offset offset, in ReadOnlySequence<byte> payload, PartitionLog? log, Offset end)
    {
        var length = (int)payload.Length;
        var size = JournalRecord.SizeOf(length);
        JournalSlot slot;
        bool signal;
        lock (_lock)
        {
            if (_failure is not null)
            {
                return new JournalSlot(null, 0, -1);
            }

            MakeRoomFor(size);
            var position = _position;
            var record = _chunk!.Span(position, size);
            payload.CopyTo(record[JournalRecord.HeaderSize..]);
            record[(JournalRecord.HeaderSize + length)..].Clear();
            if (kind == JournalRecordKind.Batch)
            {
                RecordBatchHeader.Stamp(record[JournalRecord.HeaderSize..], offset, epoch);
                _chunk.Retain();
            }

            _sequence++;
            _appendedBytes += size;
            if (_filling.BeganAt == 0)
            {
                _filling.BeganAt = _time.GetTimestamp();
            }

            JournalRecord.Write(record, kind, _options.Sync == SyncMode.Commit, length, _generation, _sequence, _round, id, epoch, offset);
            _position += size;
            _rangeSequence = _sequence;
            if (log is not null)
            {
                Touch(log, end);
            }

            slot = new JournalSlot(_chunk, position + JournalRecord.HeaderSize, _sequence);
            signal = !_signalled;
            _signalled = true;
        }

        if (signal)
        {
            _work.Release();
        }

        return slot;
    }

    /// <summary>Completes when a record is flushed. With threads off it flushes.</summary>
    /// <exception cref="IOException">The journal has failed.</exception>
    public Task WhenFlushedAsync(long sequence)
    {
        if (!_options.Threads)
        {
            while (FlushedSequence < sequence && FlushOnce())
            {
            }
        }

        lock (_lock)
        {
            if (_failure is not null && _flushedSequence < sequence)
            {
                return Task.FromException(new IOException(_failure));
            }

            if (_flushedSequence >= sequence)
            {
                return Task.CompletedTask;
            }

            var flushed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((sequence, flushed));
            return flushed.Task;
        }
    }

    /// <summary>Waits until there is something to flush, or the time is over, or somebody woke the writer.</summary>
    public void WaitForWork(int timeoutMs) => _work.Wait(timeoutMs);

    public void Wake() => _work.Release();

    /// <summary>Writes what has accumulated. One caller at a time.</summary>
    /// <returns>False when there was nothing, or no room for it, or the journal has failed.</returns>
    public bool FlushOnce()
    {
        if ((_lacksRoom ? _writing : TakeRound()) is not { } round)
        {
            return false;
        }

        try
        {
            var began = _time.GetTimestamp();
            Write(round);
            if (_options.Sync == SyncMode.Commit)
            {
                SyncLatency.Record(_time.GetElapsedTime(began));
            }
        }
        catch (StorageShortageException e)
        {
            // The pages of a round are nobody else's, so they can be written again; a full disk has forgotten nothing, as one that failed a flush may have.
            if (!_lacksRoom)
            {
                _lacksRoom = true;
                _lacksRoomSince = _time.GetTimestamp();
                _events.JournalLacksRoom(e.Message);
            }

            return false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Fail(e);
            return false;
        }

        if (_lacksRoom)
        {
            _lacksRoom = false;
            _events.JournalHasRoom((long)_time.GetElapsedTime(_lacksRoomSince).TotalMilliseconds);
        }

        foreach (var touched in round.Logs)
        {
            touched.Log.OnRoundFlushed(touched.End);
        }

        // Said last: a checkpoint covers what it finds said here, and must find it flushed in every log.
        Volatile.Write(ref _flushedSequence, round.LastSequence);
        CompleteWaiting(round);
        Release(round);
        return true;
    }

    private FlushRound? TakeRound()
    {
        lock (_lock)
        {
            _signalled = false;
            CloseRange(releaseChunk: false);
            if (_filling.Ranges.Count == 0 || _failure is not null)
            {
                return null;
            }

            var round = _filling;
            round.LastSequence = _sequence;
            round.AppendedBytes = _appendedBytes;
            _filling = _writing;
            _writing = round;
            _round++;
            return round;
        }
    }

    /// <summary>With <see cref="SyncMode.Interval"/>: puts on disk what has been written since the last time. By the writer.</summary>
    public void SyncWritten()
    {
        if (!_unsynced)
        {
            return;
        }

        _unsynced = false;
        try
        {
            var began = _time.GetTimestamp();
            foreach (var file in UsedFiles())
            {
                file.File.Flush();
            }

            SyncLatency.Record(_time.GetElapsedTime(began));
            NoteSynced();
        }
        catch (IOException e)
        {
            Fail(e);
        }
    }

    /// <summary>Files whose records are all covered by a checkpoint may be written anew.</summary>
    public void Recycle(long coveredSequence)
    {
        var surplus = new List<JournalFile>();
        lock (_lock)
        {
            var most = Math.Max(2, _options.JournalBytes / _options.JournalFileBytes);
            while (_used.Count > 0 && _used[0].LastSequence <= coveredSequence && _used[0].Generation < CurrentFileGeneration())
            {
                var file = _used[0];
                _used.RemoveAt(0);
                if (_used.Count + _free.Count < most)
                {
                    _free.Push(file);
                }
                else
                {
                    surplus.Add(file);
                }
            }
        }

        foreach (var file in surplus)
        {
            file.Dispose();
            _files.Delete(file.Path);
        }
    }

    /// <summary>
    /// Writes zeros to a file ahead of its use when the present one is half full: flushing into blocks that were written before costs half as much, for
    /// the file system has nothing to note down. By the settler.
    /// </summary>
    public void PrepareSpare()
    {
        string path;
        lock (_lock)
        {
            if (_free.Count > 0 || _used.Count == 0 || _used[^1].Written < _options.JournalFileBytes / 2 || _failure is not null)
            {
                return;
            }

            path = NextPath();
        }

        JournalFile spare;
        try
        {
            using var file = _files.Open(path, FileOpenMode.OpenOrCreate);
            var zeros = new byte[1 << 20];
            for (long position = 0; position < _options.JournalFileBytes; position += zeros.Length)
            {
                file.Write(zeros.AsSpan(0, (int)Math.Min(zeros.Length, _options.JournalFileBytes - position)), position);
            }

            file.Flush();
            _files.SyncFolder(_folder);
            spare = Open(path, FileOpenMode.Existing);
        }
        catch (StorageShortageException)
        {
            // It would only have been faster; what is left is needed by others.
            _files.Delete(path);
            return;
        }

        lock (_lock)
        {
            _free.Push(spare);
        }
    }

    public void Dispose()
    {
        List<(long Sequence, TaskCompletionSource Flushed)> waiting;
        lock (_lock)
        {
            waiting = [.. _waiting];
            _waiting.Clear();
        }

        // Of a round that found no room.
        foreach (var (_, flushed) in waiting)
        {
            flushed.SetException(new IOException("The journal was closed before it was flushed."));
        }

        foreach (var file in _used.Concat(_free))
        {
            file.Dispose();
        }

        _used.Clear();
        _free.Clear();
        _chunk?.Release();
        _chunk = null;
        _work.Dispose();
    }

    private long CurrentFileGeneration() => _used.Count > 0 ? _used[^1].Generation : _generation;

    private List<JournalFile> UsedFiles()
    {
        lock (_lock)
        {
            return [.. _used];
        }
    }

    private void MakeRoomFor(int size)
    {
        if (_chunk is not null && _chunk.Size - _position < size)
        {
            CloseRange(releaseChunk: true);
        }

        if (_chunk is null)
        {
            _chunk = _chunks.Rent(size);
            _position = 0;
            _rangeStart = 0;
        }

        var inRange = _position - _rangeStart;
        if (_filePosition + inRange > 0 && _filePosition + ChunkPool.AlignUp(inRange + size) > _options.JournalFileBytes)
        {
            CloseRange(releaseChunk: false);
            _generation++;
            _filePosition = 0;
            if (_chunk is null || _chunk.Size - _position < size)
            {
                CloseRange(releaseChunk: true);
                _chunk = _chunks.Rent(size);
                _position = 0;
                _rangeStart = 0;
            }
        }
    }

    private void CloseRange(bool releaseChunk)
    {
        if (_chunk is null)
        {
            return;
        }

        var used = _position - _rangeStart;
        if (used == 0 && !releaseChunk)
        {
            return;
        }

        // An empty range only carries the release: earlier ranges of the chunk may still be on their way to the disk.
        var length = ChunkPool.AlignUp(used);
        _chunk.Span(_position, length - used).Clear();
        releaseChunk |= _rangeStart + length == _chunk.Size;
        _filling.Ranges.Add(new WriteRange(_chunk, _rangeStart, length, _generation, _filePosition, _rangeSequence, releaseChunk));
        _filePosition += length;
        _position = _rangeStart + length;
        _rangeStart = _position;
        if (releaseChunk)
        {
            _chunk = null;
        }
    }

    private void Touch(PartitionLog log, Offset end)
    {
        if (log.TouchedRound == _round)
        {
            _filling.Logs[log.TouchedIndex] = new TouchedLog(log, end);
            return;
        }

        log.TouchedRound = _round;
        log.TouchedIndex = _filling.Logs.Count;
        _filling.Logs.Add(new TouchedLog(log, end));
    }

    private void Write(FlushRound round)
    {
        for (var i = round.Written; i < round.Ranges.Count; round.Written = i)
        {
            var first = round.Ranges[i];
            if (first.Length == 0)
            {
                i++;
                continue;
            }

            _pieces.Clear();
            var length = 0L;
            var last = first;
            for (; i < round.Ranges.Count && round.Ranges[i].Generation == first.Generation; i++)
            {
                if (round.Ranges[i].Length > 0)
                {
                    last = round.Ranges[i];
                    _pieces.Add(last.Chunk.Memory.Slice(last.Start, last.Length));
                    length += last.Length;
                }
            }

            var file = FileFor(first.Generation);
            if (_pieces.Count == 1)
            {
                file.File.Write(_pieces[0].Span, first.FilePosition);
            }
            else
            {
                file.File.Write(_pieces, first.FilePosition);
            }

            Volatile.Write(ref _fileBytesWritten, _fileBytesWritten + length);
            file.Written = first.FilePosition + length;
            file.LastSequence = last.LastSequence;
        }

        _unsynced = _options.Sync == SyncMode.Interval;
    }

    private JournalFile FileFor(long generation)
    {
        JournalFile? file = null;
        string? path = null;
        lock (_lock)
        {
            if (_used.Count > 0 && _used[^1].Generation == generation)
            {
                return _used[^1];
            }

            if (!_free.TryPop(out file))
            {
                path = NextPath();
            }
        }

        if (file is null)
        {
            file = Open(path!, FileOpenMode.OpenOrCreate);
            try
            {
                _files.SyncFolder(_folder);
            }
            catch (IOException e)
            {
                file.Dispose();
                if (e is StorageShortageException)
                {
                    // The next attempt takes another.
                    _files.Delete(file.Path);
                }

                throw;
            }
        }

        file.Generation = generation;
        file.Written = 0;
        file.LastSequence = 0;
        lock (_lock)
        {
            _used.Add(file);
        }

        return file;
    }

    private JournalFile Open(string path, FileOpenMode mode)
        => new(path, _files.Open(path, mode, _options.Sync == SyncMode.Commit ? FileAccessHint.DirectDataSync : FileAccessHint.Buffered));

    // Under the lock: the writer and the settler make files at the same time, and none of them may be the other's.
    private string NextPath() => PathOf(++_lastFileNumber);

    private string PathOf(int number) => Path.Combine(_folder, JournalReader.NameOf(number));

    private void CompleteWaiting(FlushRound round)
    {
        lock (_lock)
        {
            _rounds++;
            _writtenBytes = round.AppendedBytes;
            if (_options.Sync != SyncMode.Interval)
            {
                _safeBytes = _writtenBytes;
            }
            else if (_unsyncedSince == 0)
            {
                _unsyncedSince = round.BeganAt;
            }

            round.BeganAt = 0;
            for (var i = _waiting.Count - 1; i >= 0; i--)
            {
                if (_waiting[i].Sequence <= round.LastSequence)
                {
                    _waiting[i].Flushed.SetResult();
                    _waiting.RemoveAt(i);
                }
            }
        }
    }

    // By the writer: nothing is written between the flush and this.
    private void NoteSynced()
    {
        lock (_lock)
        {
            _safeBytes = _writtenBytes;
            _unsyncedSince = 0;
        }
    }

    private static void Release(FlushRound round)
    {
        foreach (var range in round.Ranges)
        {
            if (range.ReleasesChunk)
            {
                range.Chunk.Release();
            }
        }

        round.Clear();
    }

    private void Fail(Exception e)
    {
        var reason = $"The journal could not be flushed ({e.Message}). Nothing that this flush covered was acknowledged; the broker takes no more writes until it is restarted.";
        List<(long Sequence, TaskCompletionSource Flushed)> waiting;
        lock (_lock)
        {
            _failure = reason;
            _lacksRoom = false;
            waiting = [.. _waiting];
            _waiting.Clear();
        }

        _events.JournalFailed(e, reason);
        foreach (var (_, flushed) in waiting)
        {
            flushed.SetException(new IOException(reason, e));
        }

        Failed?.Invoke(reason);
    }
}
