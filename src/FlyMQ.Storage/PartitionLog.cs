using System.Buffers;
using FlyMQ.Records;
using FlyMQ.Storage.Files;
using FlyMQ.Storage.Journal;
using FlyMQ.Storage.Recovery;
using FlyMQ.Storage.Retention;
using FlyMQ.Storage.Segments;

namespace FlyMQ.Storage;

/// <summary>
/// One partition's records: segments on disk, and behind them the tail in memory, whose durability is the journal. The partition's writer appends,
/// the journal's writer tells what is flushed, the settler moves the tail into segments, anybody reads.
/// </summary>
/// <remarks>The gate guards tail, segment list and epochs; it is held for work in memory only.</remarks>
internal sealed class PartitionLog : IPartitionLog
{
    // One piece of a settler's work: large enough to be written efficiently, small enough to give memory back early.
    private const int SettlePieceBytes = 1 << 20;
    private const int SettlePieceBatches = 1024;

    private readonly LogStore _store;
    private readonly SegmentFiles _files;
    private readonly Lock _gate = new();
    private readonly Tail _tail = new();
    private readonly LeaderEpochs _epochs = new();
    private readonly ProducerSnapshots _snapshots;
    private Segment[] _segments = [];
    private long _start;
    private long _durableStart;
    private long _end;
    private long _flushed;
    private long _highWatermark;
    private long _settledEnd;
    private long _sizeInBytes;
    private long _tailBytes;
    private long _records;
    private long _recordsBelowStart;
    private bool _countsBelowStart = true;
    private StartWalk? _startWalk;
    private int _queuedToCount;
    private bool _rollNext;
    private Offset _appendBase;
    private long _appendBytes;
    private long _appendFirstTimestampMs = -1;
    private string? _fenceReason;
    private bool _deleted;
    private int _queuedToSettle;
    private WriteRate? _writeRate;

    internal PartitionLog(LogStore store, TopicIdPartition id, string topic, string folder, LogConfig config)
    {
        _store = store;
        _files = new SegmentFiles(store.Files, folder, store.LogFiles, store.Metrics) { IndexRebuilt = store.Events.IndexRebuilt };
        _snapshots = new ProducerSnapshots(_files);
        Id = id;
        Topic = topic;
        Config = config;
    }

    public TopicIdPartition Id { get; }

    public string Topic { get; }

    public LogConfig Config { get; set; }

    public Offset StartOffset => new(Volatile.Read(ref _start));

    public Offset EndOffset => new(Volatile.Read(ref _end));

    public Offset FlushedOffset => new(Volatile.Read(ref _flushed));

    public Offset TailStartOffset => new(Volatile.Read(ref _settledEnd));

    public Offset HighWatermark
    {
        get => new(Volatile.Read(ref _highWatermark));
        set => Volatile.Write(ref _highWatermark, value.Value);
    }

    public LeaderEpoch LatestEpoch
    {
        get
        {
            lock (_gate)
            {
                return _epochs.Latest;
            }
        }
    }

    public long SizeInBytes => Volatile.Read(ref _sizeInBytes);

    public long RecordCount
    {
        get
        {
            lock (_gate)
            {
                return _records - _recordsBelowStart;
            }
        }
    }

    /// <summary>Bytes in memory that are in no segment yet.</summary>
    internal long TailBytes => Volatile.Read(ref _tailBytes);

    public int SegmentCount => Volatile.Read(ref _segments).Length;

    public PartitionLogMetrics Metrics { get; } = new();

    public string? FenceReason => Volatile.Read(ref _fenceReason);

    public ILogListener? Listener { get; set; }

    /// <summary>The journal's: in which round this log was touched last, and its place there.</summary>
    internal long TouchedRound { get; set; }

    internal int TouchedIndex { get; set; }

    internal SegmentFiles Files => _files;

    internal string Folder => _files.Folder;

    /// <summary>Found at start not to hold what it should: it is read as far as it goes, and nothing in its folder is changed.</summary>
    internal bool IsDamaged { get; private set; }

    public LogAppend Append(in ReadOnlySequence<byte> batch, in RecordBatchHeader header, Offset baseOffset, LeaderEpoch leaderEpoch)
    {
        if (FenceReason is not null)
        {
            return new LogAppend(LogFault.Fenced, StartsSegment: false);
        }

        if (_store.IsFull && (!Config.MayUseReserve || _store.IsOutOfMemory))
        {
            return new LogAppend(LogFault.StorageFull, StartsSegment: false);
        }

        var next = baseOffset + (header.LastOffsetDelta + 1L);
        var slot = _store.Journal.Append(JournalRecordKind.Batch, Id, leaderEpoch, baseOffset, batch, this, next);
        if (slot.Chunk is null)
        {
            return new LogAppend(LogFault.Fenced, StartsSegment: false);
        }

        Metrics.Wrote(header.SizeInBytes);
        return new LogAppend(LogFault.None, AddToTail(slot.Chunk, slot.Position, header, baseOffset, next, leaderEpoch));
    }

    public void TakeProducerSnapshot(Offset offset, IReadOnlyList<ProducerSnapshotEntry> producers)
    {
        lock (_gate)
        {
            _snapshots.Add(offset, producers, isEnd: offset == EndOffset);
        }
    }

    public RecoveredProducers RecoverProducers()
    {
        var (offset, producers) = _snapshots.Newest(EndOffset);
        offset = Offset.Max(offset, StartOffset);
        return new RecoveredProducers(offset, producers, offset >= EndOffset ? [] : HeadersFrom(offset));
    }

    public async ValueTask AdvanceStartOffsetAsync(Offset startOffset)
    {
        // Retention may have come further than what is on disk says.
        if (startOffset.Value <= Volatile.Read(ref _durableStart))
        {
            return;
        }

        await MarkAsync(JournalRecordKind.StartOffset, startOffset).ConfigureAwait(false);
        NoteDurableStart(startOffset);
        RaiseStart(startOffset);
    }

    public async ValueTask TruncateAsync(Offset offset)
    {
        if (offset >= EndOffset)
        {
            return;
        }

        await MarkAsync(JournalRecordKind.Truncate, offset).ConfigureAwait(false);
        try
        {
            await _store.OnSettlerAsync(() => TruncateNow(offset, () => _store.TryCheckpoint(whole: true))).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            // The journal says it is done. Until it is, files, checkpoint and memory say different things.
            _store.Fail(e, $"The truncation of {Folder} to {offset} failed ({e.Message}); the broker takes no more writes until it is restarted, which repeats it.");
            throw;
        }
    }

    public LogRead Read(Offset from, Offset upTo, int maxBytes, bool atLeastOneBatch)
    {
        Segment segment;
        lock (_gate)
        {
            if (_deleted)
            {
                return new LogRead(LogFault.Fenced, null, ReadsFiles: false, from);
            }

            if (from < StartOffset || from > EndOffset)
            {
                return new LogRead(LogFault.OffsetOutOfRange, null, ReadsFiles: false, from);
            }

            if (from >= upTo || from == EndOffset)
            {
                return new LogRead(LogFault.None, null, ReadsFiles: false, from);
            }

            if (_tail.Count > 0 && from >= _tail[0].BaseOffset)
            {
                return ReadTail(from, upTo, maxBytes, atLeastOneBatch);
            }

            if (SegmentFor(from) is not { } found || !found.TryRetain())
            {
                return new LogRead(LogFault.Fenced, null, ReadsFiles: false, from);
            }

            segment = found;
        }

        return ReadSegment(segment, from, upTo, maxBytes, atLeastOneBatch);
    }

    public TimestampedOffset? FindByTimestamp(long timestampMs, Offset upTo)
    {
        foreach (var segment in RetainedSegments())
        {
            using var held = new SegmentReference(segment);
            if (segment.KnownMaxTimestampMs >= timestampMs && segment.LocateTimestamp(timestampMs, StartOffset) is { } found
                && FirstRecord(ReadBatch(segment, found.Position, found.Header), found.Header, r => r >= timestampMs) is { } record)
            {
                return record.Offset < upTo ? record : null;
            }
        }

        foreach (var batch in RetainedTail(b => b.MaxTimestampMs >= timestampMs))
        {
            using var held = new ChunkReference(batch.Chunk);
            RecordBatchHeader.TryRead(batch.Bytes.Span, out var header);
            if (FirstRecord(batch.Bytes, header, r => r >= timestampMs) is { } record)
            {
                return record.Offset < upTo ? record : null;
            }
        }

        return null;
    }

    public TimestampedOffset? FindMaxTimestamp(Offset upTo)
    {
        TimestampedOffset? greatest = null;
        foreach (var segment in RetainedSegments())
        {
            using var held = new SegmentReference(segment);
            var max = segment.BaseOffset >= StartOffset ? segment.KnownMaxTimestampMs : segment.MaxTimestampFrom(StartOffset);
            if (max > (greatest?.TimestampMs ?? -1) && segment.LocateTimestamp(max, StartOffset) is { } found
                && FirstRecord(ReadBatch(segment, found.Position, found.Header), found.Header, t => t >= max) is { } record && record.Offset < upTo)
            {
                greatest = record;
            }
        }

        foreach (var batch in RetainedTail(_ => true))
        {
            using var held = new ChunkReference(batch.Chunk);
            RecordBatchHeader.TryRead(batch.Bytes.Span, out var header);
            if (batch.MaxTimestampMs > (greatest?.TimestampMs ?? -1) && FirstRecord(batch.Bytes, header, t => t >= header.MaxTimestamp) is { } record
                && record.Offset < upTo)
            {
                greatest = record;
            }
        }

        return greatest;
    }

    public BatchPlace? Locate(Offset offset, bool mayReadFiles)
    {
        Segment segment;
        lock (_gate)
        {
            offset = Offset.Max(offset, StartOffset);
            if (_deleted || offset >= EndOffset)
            {
                return null;
            }

            if (_tail.Count > 0 && offset >= _tail[0].BaseOffset)
            {
                ref readonly var batch = ref _tail[_tail.IndexOf(offset)];
                RecordBatchHeader.TryRead(batch.Bytes.Span, out var header);
                return BatchPlace.Of(header, batch.MaxTimestampMs);
            }

            if (!mayReadFiles || SegmentFor(offset) is not { } found || !found.TryRetain())
            {
                return null;
            }

            segment = found;
        }

        using var held = new SegmentReference(segment);
        try
        {
            return segment.Peek(offset) is { } peeked ? BatchPlace.Of(peeked.Header, peeked.MaxTimestampMs) : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    public double? RetentionHeadroomSeconds(Offset offset, BatchPlace place)
    {
        var config = Config;
        if (!config.Delete || config is { RetentionMs: < 0, RetentionBytes: < 0 } || FenceReason is not null)
        {
            return null;
        }

        SegmentOutlook outlook;
        lock (_gate)
        {
            outlook = OutlookOf(Offset.Max(offset, StartOffset), place.SegmentMaxTimestampMs, config);
            _writeRate ??= config.RetentionBytes < 0 ? null : new WriteRate(_store.Time);
        }

        return RetentionRules.HeadroomSeconds(config, outlook, _writeRate?.Look(Metrics.BytesWritten), _store.Time.GetUtcNow().ToUnixTimeMilliseconds());
    }

    public EpochEnd EndOfEpoch(LeaderEpoch epoch)
    {
        lock (_gate)
        {
            return _epochs.EndOf(epoch, EndOffset);
        }
    }

    public LeaderEpoch EpochAt(Offset offset)
    {
        lock (_gate)
        {
            return _epochs.At(offset);
        }
    }

    // Filled by transactions; until there are any, nothing can have been aborted.
    public IReadOnlyList<AbortedTransaction> AbortedIn(Offset from, Offset upTo) => [];

    public int ApplyRetention() => _store.ApplyRetention([this]);

    /// <summary>The journal's writer: a round with batches of this log is where the sync mode wants it.</summary>
    internal void OnRoundFlushed(Offset end)
    {
        if (FenceReason is not null)
        {
            return;
        }

        Volatile.Write(ref _flushed, Math.Max(_flushed, end.Value));
        _store.QueueToSettle(this);
        Listener?.OnFlushed(end);
    }

    /// <summary>True for the one caller that may put this log into the settler's queue.</summary>
    internal bool TryQueue() => Interlocked.Exchange(ref _queuedToSettle, 1) == 0;

    internal void Dequeued() => Volatile.Write(ref _queuedToSettle, 0);

    internal void Fence(string reason)
    {
        if (Interlocked.CompareExchange(ref _fenceReason, reason, null) is null)
        {
            _store.Events.LogFenced(Topic, Id.Partition, reason);
            Listener?.OnFenced(reason);
        }
    }

    /// <summary>Takes no more writes because it is deleted, which is nobody's fault and no error to report.</summary>
    internal void Forget()
    {
        const string deleted = "The partition was deleted.";
        if (Interlocked.CompareExchange(ref _fenceReason, deleted, null) is null)
        {
            Listener?.OnFenced(deleted);
        }
    }

    /// <summary>Settler. Moves what is flushed from the tail into segments.</summary>
    internal void Settle()
    {
        var batches = ArrayPool<TailBatch>.Shared.Rent(SettlePieceBatches);
        try
        {
            while (TakePiece(batches) is > 0 and var count)
            {
                SettlePiece(batches.AsSpan(0, count));
            }
        }
        finally
        {
            ArrayPool<TailBatch>.Shared.Return(batches, clearArray: true);
        }

        _snapshots.WriteUpTo(TailStartOffset, _segments);
    }

    /// <summary>Settler. The records that are settled are on disk when it returns.</summary>
    internal void FlushLogFiles()
    {
        foreach (var segment in _segments)
        {
            segment.FlushLog();
        }
    }

    /// <summary>Settler. What is settled is on disk when it returns, with all that goes with it.</summary>
    internal LogCheckpoint Checkpoint()
    {
        foreach (var segment in _segments)
        {
            segment.Flush();
        }

        WriteEpochs();
        if (_files.HasChanged)
        {
            _files.HasChanged = false;
            SyncFolder();
        }

        return CheckpointAt(TailStartOffset);
    }

    private void SyncFolder()
    {
        try
        {
            _store.Files.SyncFolder(Folder);
        }
        catch (IOException)
        {
            _files.HasChanged = true;
            throw;
        }
    }

    /// <summary>Settler. A checkpoint says what <see cref="Checkpoint"/> told: epochs below its start are needed no more, and were until now.</summary>
    internal void Checkpointed(in LogCheckpoint checkpoint)
    {
        NoteDurableStart(checkpoint.StartOffset);
        lock (_gate)
        {
            _epochs.TrimTo(checkpoint.StartOffset);
        }
    }

    private void NoteDurableStart(Offset start)
    {
        lock (_gate)
        {
            Volatile.Write(ref _durableStart, Math.Max(_durableStart, start.Value));
        }
    }

    private void WriteEpochs()
    {
        byte[] epochs;
        lock (_gate)
        {
            if (!_epochs.IsDirty)
            {
                return;
            }

            _epochs.IsDirty = false;
            epochs = _epochs.Encode();
        }

        try
        {
            AtomicFile.Replace(_store.Files, Path.Combine(Folder, LogFileNames.LeaderEpochs), epochs);
            _files.HasChanged = true;
        }
        catch (IOException)
        {
            lock (_gate)
            {
                _epochs.IsDirty = true;
            }

            throw;
        }
    }

    /// <summary>Settler. Segments that nobody read or wrote for a while keep no handle.</summary>
    internal void CloseIdleFiles()
    {
        foreach (var segment in _segments)
        {
            segment.CloseIfIdle();
        }
    }

    internal LogCheckpoint CheckpointAt(Offset recoveryPoint)
    {
        var last = _segments.Length > 0 ? _segments[^1] : null;
        long firstTimestampMs;
        lock (_gate)
        {
            firstTimestampMs = last is not null && last.BaseOffset == _appendBase ? _appendFirstTimestampMs : -1;
        }

        return new LogCheckpoint(
            StartOffset, Offset.Min(HighWatermark, recoveryPoint), recoveryPoint, last?.BaseOffset ?? recoveryPoint, last?.Size ?? 0, last?.Entries ?? default, firstTimestampMs, _snapshots.NoneBelow,
            [.. _segments.Where(s => s.Records.IsExact).Select(s => new SegmentRecords(s.BaseOffset, s.Records.Value))]);
    }

    /// <summary>Settler. Takes segments that retention no longer keeps out of sight; their files go with <see cref="Segment.Delete"/> once a checkpoint says so.</summary>
    internal List<Segment> RemoveExpired(long nowMs)
    {
        List<Segment> removed;
        lock (_gate)
        {
            var doomed = RetentionRules.Expired(_segments, Config, StartOffset, HighWatermark, EndOffset, SizeInBytes, nowMs, tailIsEmpty: _tail.Count == 0);
            if (doomed == 0)
            {
                return [];
            }

            // Even the last segment may go when all of it is too old; what comes next lands in a new one.
            if (doomed == _segments.Length)
            {
                _segments = [.. _segments, Segment.Create(_files, EndOffset)];
                _appendBase = EndOffset;
                _appendBytes = 0;
                _appendFirstTimestampMs = -1;
            }

            removed = [.. _segments[..doomed]];
            _segments = _segments[doomed..];
            _sizeInBytes -= removed.Sum(s => s.Size);
            _records -= removed.Sum(s => s.Records.Value);
            if (_segments[0].BaseOffset > StartOffset)
            {
                Volatile.Write(ref _start, _segments[0].BaseOffset.Value);
            }

            CountBelowStart();
        }

        Listener?.OnStartOffsetAdvanced(StartOffset);
        return removed;
    }

    internal void RaiseStart(Offset startOffset)
    {
        lock (_gate)
        {
            if (startOffset <= StartOffset)
            {
                return;
            }

            Volatile.Write(ref _start, startOffset.Value);
            CountBelowStart();
        }

        Listener?.OnStartOffsetAdvanced(startOffset);
    }

    /// <summary>Settler. The log is gone: memory and handles are given back, the folder is renamed by the store.</summary>
    internal void Forget(string renamedTo)
    {
        Segment[] segments;
        lock (_gate)
        {
            _deleted = true;
            segments = _segments;
            _segments = [];
            while (_tail.Count > 0)
            {
                _tail.RemoveLast().Chunk.Release();
            }

            _tailBytes = 0;
        }

        _files.MoveTo(renamedTo);
        foreach (var segment in segments)
        {
            segment.KeepForReaders();
            segment.Release();
        }
    }

    internal void CloseFiles()
    {
        lock (_gate)
        {
            while (_tail.Count > 0)
            {
                _tail.RemoveLast().Chunk.Release();
            }
        }

        foreach (var segment in _segments)
        {
            segment.CloseFiles();
        }
    }

    /// <summary>Start. What the folder and the checkpoint told.</summary>
    internal void Restore(LogRecovery.Found found)
    {
        _segments = found.Segments;
        _start = _durableStart = found.Start.Value;
        _end = _flushed = _settledEnd = found.End.Value;
        _highWatermark = Math.Min(found.HighWatermark.Value, found.End.Value);
        _sizeInBytes = found.Segments.Sum(s => s.Size);
        RestoreRecords(found.Records);
        _appendBase = found.Segments.Length > 0 ? found.Segments[^1].BaseOffset : found.End;
        _appendBytes = found.Segments.Length > 0 ? found.Segments[^1].Size : 0;
        _appendFirstTimestampMs = found.SegmentFirstTimestampMs;
        _snapshots.Found(found.Snapshots, found.NoProducersBelow);
        if (found.LeaderEpochs is { } epochs)
        {
            _epochs.TryDecode(epochs);
            _epochs.TruncateTo(found.End);
        }

        _files.HasChanged = true;
        if (found.Damage is { } damage)
        {
            Damaged(damage);
        }
    }

    internal void Damaged(string reason)
    {
        IsDamaged = true;
        Fence(reason);
    }

    /// <summary>Start. The journal's batches of a damaged log are kept beside it, for they will not be in the journal for long.</summary>
    internal void Salvage(ReadOnlySpan<byte> batch)
    {
        using var file = _store.Files.Open(Path.Combine(Folder, "journal.salvage"), FileOpenMode.OpenOrCreate);
        file.Write(batch, file.Length);
        file.Flush();
    }

    /// <summary>Start. A batch from the journal that is not in the segments; in memory until settled.</summary>
    internal void Replay(Chunk chunk, int position, in RecordBatchHeader header)
    {
        AddToTail(chunk, position, header, header.BaseOffset, header.NextOffset, header.LeaderEpoch);
        _flushed = _end;
    }

    /// <summary>Start. The log ends before it begins: it goes on, empty, where it begins.</summary>
    /// <returns>Segments whose files go once a checkpoint says so.</returns>
    internal Segment[] SkipToStart()
    {
        var skipped = _segments;
        _segments = [Segment.Create(_files, StartOffset)];
        _end = _flushed = _settledEnd = _start;
        _appendBase = StartOffset;
        _appendBytes = _sizeInBytes = _records = _recordsBelowStart = 0;
        _countsBelowStart = true;
        _appendFirstTimestampMs = -1;
        return skipped;
    }

    /// <summary>Settler, start. Cuts away everything at and above an offset.</summary>
    /// <param name="offset">Of the first record that goes.</param>
    /// <param name="checkpoint">Makes what is left known on disk; false when it could not.</param>
    internal void TruncateNow(Offset offset, Func<bool> checkpoint)
    {
        Settle();
        lock (_gate)
        {
            while (_tail.Count > 0 && _tail[_tail.Count - 1].NextOffset > offset)
            {
                var batch = _tail.RemoveLast();
                _sizeInBytes -= batch.Length;
                _tailBytes -= batch.Length;
                _records -= batch.Records;
                Volatile.Write(ref _end, batch.BaseOffset.Value);
                batch.Chunk.Release();
            }
        }

        Segment[] cut = [];
        var cutsSegments = _tail.Count == 0 && offset < TailStartOffset;
        if (cutsSegments)
        {
            cut = ForgetSegmentsBehind(offset);
        }

        lock (_gate)
        {
            _epochs.TruncateTo(EndOffset);
            Volatile.Write(ref _flushed, Math.Min(_flushed, _end));
            Volatile.Write(ref _highWatermark, Math.Min(_highWatermark, _end));
            var last = _segments.Length > 0 ? _segments[^1] : null;
            _appendBase = last?.BaseOffset ?? EndOffset;
            _appendBytes = (last?.Size ?? 0) + _tailBytes;
            _rollNext = false;
            CountBelowStart();
        }

        _snapshots.TruncateTo(EndOffset);
        if (cutsSegments)
        {
            CutFiles(cut, checkpoint);
        }

    }

    private Segment[] ForgetSegmentsBehind(Offset offset)
    {
        var index = Array.FindLastIndex(_segments, s => s.BaseOffset <= offset);
        var found = index >= 0 ? _segments[index].Locate(offset) : null;
        var end = found?.Header.BaseOffset ?? Offset.Max(StartOffset, offset);
        var kept = index < 0 ? [] : _segments[..(index + 1)];
        if (found is { } first)
        {
            kept[^1].ForgetBehind(first.Position, end);
        }

        lock (_gate)
        {
            var cut = _segments[kept.Length..];
            if (found is not null)
            {
                var last = kept[^1];
                var offsets = end - last.BaseOffset;
                last.Records = IsDense(last, cut.Length > 0 ? cut[0].BaseOffset : TailStartOffset) ? Segments.RecordCount.Of(offsets) : Segments.RecordCount.Presumed(offsets, last.Size);
                QueueToCount();
            }

            _segments = kept;
            _sizeInBytes = kept.Sum(s => s.Size);
            _records = kept.Sum(s => s.Records.Value);
            Volatile.Write(ref _end, end.Value);
            Volatile.Write(ref _settledEnd, end.Value);
            return cut;
        }
    }

    // What is about to be cut off must not count as on disk any more, or its absence would look like damage at the next start.
    private void CutFiles(Segment[] cut, Func<bool> checkpoint)
    {
        if (!checkpoint())
        {
            throw new IOException("it could not be noted down in a checkpoint");
        }

        foreach (var segment in cut)
        {
            segment.Unlink();
        }

        if (_segments.Length > 0)
        {
            _segments[^1].CutLogFile();
        }
    }

    /// <summary>Settler. Reads headers of what was not counted as it came.</summary>
    /// <param name="batches">How many at most.</param>
    /// <returns>False when nothing is left to count.</returns>
    internal bool CountRecords(int batches)
    {
        if (_deleted || IsDamaged)
        {
            return false;
        }

        try
        {
            foreach (var segment in _segments.Where(s => !s.Records.IsExact))
            {
                batches -= Walk(segment, batches);
                if (!segment.Records.IsWalked)
                {
                    return true;
                }

                lock (_gate)
                {
                    _records -= segment.Records.Value;
                    segment.Records.Complete();
                    _records += segment.Records.Value;
                    CountBelowStart();
                }
            }

            return WalkToStart(batches);
        }
        catch (TooManyOpenFilesException)
        {
            return true;
        }
        catch (IOException)
        {
            // Who reads the place says what is wrong with it; a number is no reason to take the log out of service.
            return false;
        }
    }

    /// <summary>True for the one caller that may put this log into the queue of those to count.</summary>
    internal bool TryQueueToCount() => Interlocked.Exchange(ref _queuedToCount, 1) == 0;

    internal void DequeuedToCount() => Volatile.Write(ref _queuedToCount, 0);

    private static int Walk(Segment segment, int batches)
    {
        var walked = 0;
        foreach (var header in segment.Headers(segment.Records.WalkedTo))
        {
            if (walked == batches || segment.Records.IsWalked)
            {
                break;
            }

            segment.Records.Walk(header);
            walked++;
        }

        return walked;
    }

    // Only where the start lies inside a segment with holes: elsewhere the offsets say it.
    private bool WalkToStart(int batches)
    {
        Segment? holder;
        Offset start;
        lock (_gate)
        {
            (start, holder) = (StartOffset, _countsBelowStart ? null : SegmentFor(StartOffset));
        }

        if (holder is null)
        {
            return false;
        }

        var walk = _startWalk is { } known && known.Start == start && known.Segment == holder ? known : new StartWalk(holder, start, 0, 0, false);
        foreach (var header in holder.Headers(walk.Position))
        {
            if (header.BaseOffset >= start)
            {
                walk = walk with { IsOver = true };
            }

            if (walk.IsOver || batches-- <= 0)
            {
                break;
            }

            walk = walk with
            {
                Position = walk.Position + header.SizeInBytes,
                Records = walk.Records + Segments.RecordCount.Below(start, header.BaseOffset, header.NextOffset, Segments.RecordCount.Of(header)),
            };
        }

        lock (_gate)
        {
            _startWalk = walk with { IsOver = walk.IsOver || walk.Position >= holder.Size };
            CountBelowStart();
            return !_countsBelowStart;
        }
    }

    private void RestoreRecords(IReadOnlyList<SegmentRecords> known)
    {
        var counts = known.ToDictionary(k => k.Base, k => k.Records);
        for (var i = 0; i < _segments.Length; i++)
        {
            var segment = _segments[i];
            var offsets = (i + 1 < _segments.Length ? _segments[i + 1].BaseOffset : TailStartOffset) - segment.BaseOffset;
            segment.Records = counts.TryGetValue(segment.BaseOffset, out var records) && records >= 0 && records <= offsets
                ? Segments.RecordCount.Of(records)
                : Segments.RecordCount.Presumed(Math.Max(0, offsets), segment.Size);
        }

        _records = _segments.Sum(s => s.Records.Value);
        CountBelowStart();
        QueueToCount();
    }

    private void QueueToCount()
    {
        if (!_countsBelowStart || Array.Exists(_segments, s => !s.Records.IsExact))
        {
            _store.QueueToCount(this);
        }
    }

    // A record at each offset: then numbers of records are differences of offsets.
    private static bool IsDense(Segment segment, Offset end) => segment.Records.IsExact && segment.Records.Value == end - segment.BaseOffset;

    /// <summary>Under the gate, when the start or what lies below it has changed.</summary>
    private void CountBelowStart()
    {
        var start = StartOffset;
        var below = 0L;
        _countsBelowStart = true;
        for (var i = 0; i < _segments.Length && _segments[i].BaseOffset < start; i++)
        {
            var segment = _segments[i];
            var end = i + 1 < _segments.Length ? _segments[i + 1].BaseOffset : TailStartOffset;
            if (end <= start)
            {
                below += segment.Records.Value;
            }
            else if (_startWalk is { IsOver: true } walk && walk.Start == start && walk.Segment == segment)
            {
                below += walk.Records;
            }
            else
            {
                // Right where each offset has its record, and as near as can be told where not.
                _countsBelowStart = IsDense(segment, end);
                below += Math.Clamp(segment.Records.Value - (end - start), 0, Math.Min(segment.Records.Value, start - segment.BaseOffset));
            }
        }

        for (var i = 0; i < _tail.Count && _tail[i].BaseOffset < start; i++)
        {
            below += Segments.RecordCount.Below(start, _tail[i].BaseOffset, _tail[i].NextOffset, _tail[i].Records);
        }

        _recordsBelowStart = below;
        if (!_countsBelowStart)
        {
            _store.QueueToCount(this);
        }
    }

    private async ValueTask MarkAsync(JournalRecordKind kind, Offset offset)
    {
        if (FenceReason is { } reason)
        {
            throw new IOException(reason);
        }

        if (_store.Journal.LacksRoom)
        {
            // Whoever asks would wait for as long as that takes, and those behind him.
            throw new StorageFullException("The journal has no room: nothing is written until there is some.");
        }

        var slot = _store.Journal.Append(kind, Id, LeaderEpoch.None, offset, ReadOnlySequence<byte>.Empty, log: null, offset);
        await _store.Journal.WhenFlushedAsync(slot.Sequence < 0 ? long.MaxValue : slot.Sequence).ConfigureAwait(false);
    }

    private bool AddToTail(Chunk chunk, int position, in RecordBatchHeader header, Offset baseOffset, Offset next, LeaderEpoch leaderEpoch)
    {
        var size = header.SizeInBytes;
        lock (_gate)
        {
            var starts = _segments.Length == 0 && _tail.Count == 0 ? true : NeedsNewSegment(size, next, header.MaxTimestamp);
            if (starts)
            {
                _appendBase = baseOffset;
                _appendBytes = 0;
                _appendFirstTimestampMs = -1;
                _rollNext = false;
            }

            if (_appendFirstTimestampMs < 0)
            {
                _appendFirstTimestampMs = header.MaxTimestamp;
            }

            _appendBytes += size;
            var records = Segments.RecordCount.Of(header);
            _sizeInBytes += size;
            _tailBytes += size;
            _records += records;
            _recordsBelowStart += Segments.RecordCount.Below(StartOffset, baseOffset, next, records);
            _tail.Add(new TailBatch(chunk, position, size, baseOffset, next, header.MaxTimestamp, leaderEpoch, starts, records));
            _epochs.Note(leaderEpoch, baseOffset);
            Volatile.Write(ref _end, next.Value);
            return starts;
        }
    }

    private bool NeedsNewSegment(int size, Offset next, long maxTimestampMs) =>
        _rollNext
        || (_appendBytes > 0
            && (_appendBytes + size > Config.SegmentBytes
                || ((_appendBytes / Math.Max(1, Config.IndexIntervalBytes)) + 2) * OffsetIndex.EntrySize > Config.SegmentIndexBytes
                || next - _appendBase > int.MaxValue
                || (_appendFirstTimestampMs >= 0 && maxTimestampMs - _appendFirstTimestampMs > Math.Max(0, Config.SegmentMs - Config.SegmentJitterMs))));

    private LogRead ReadTail(Offset from, Offset upTo, int maxBytes, bool atLeastOneBatch)
    {
        var first = _tail.IndexOf(from);
        int count = 0, bytes = 0;
        var next = from;
        while (first + count < _tail.Count)
        {
            ref readonly var batch = ref _tail[first + count];
            if (batch.NextOffset > upTo || ((long)bytes + batch.Length > maxBytes && !(atLeastOneBatch && count == 0)))
            {
                break;
            }

            bytes += batch.Length;
            next = batch.NextOffset;
            count++;
        }

        if (count == 0)
        {
            return new LogRead(LogFault.None, null, ReadsFiles: false, from);
        }

        var batches = ArrayPool<TailBatch>.Shared.Rent(count);
        for (var i = 0; i < count; i++)
        {
            batches[i] = _tail[first + i];
            batches[i].Chunk.Retain();
        }

        return new LogRead(LogFault.None, new TailRecords(batches, count, bytes, Metrics), ReadsFiles: false, next);
    }

    private LogRead ReadSegment(Segment segment, Offset from, Offset upTo, int maxBytes, bool atLeastOneBatch)
    {
        var handedOver = false;
        try
        {
            if (segment.Locate(from) is not { } first || first.Header.NextOffset > upTo)
            {
                return new LogRead(LogFault.None, null, ReadsFiles: true, from);
            }

            var (end, next) = segment.EndOfRead(first.Position, from, maxBytes, upTo);
            if (end == first.Position)
            {
                if (!atLeastOneBatch)
                {
                    return new LogRead(LogFault.None, null, ReadsFiles: true, from);
                }

                (end, next) = (first.Position + first.Header.SizeInBytes, first.Header.NextOffset);
            }

            handedOver = true;
            return new LogRead(LogFault.None, new FileRecords(segment, first.Position, (int)(end - first.Position), Metrics), ReadsFiles: true, next);
        }
        catch (DamagedLogException e)
        {
            Fence(e.Message);
            return new LogRead(LogFault.Fenced, null, ReadsFiles: true, from);
        }
        catch (IOException) when (_deleted)
        {
            return new LogRead(LogFault.Fenced, null, ReadsFiles: true, from);
        }
        catch (TooManyOpenFilesException)
        {
            return new LogRead(LogFault.TooManyOpenFiles, null, ReadsFiles: true, from);
        }
        finally
        {
            if (!handedOver)
            {
                segment.Release();
            }
        }
    }

    private Segment? SegmentFor(Offset offset)
    {
        int low = 0, high = _segments.Length;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (_segments[middle].BaseOffset <= offset)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low == 0 ? null : _segments[low - 1];
    }

    // Under the gate. Where a segment ends within the tail it counts as the last one, which it is for half a second at most.
    private SegmentOutlook OutlookOf(Offset offset, long knownMaxTimestampMs, LogConfig config)
    {
        var behind = _sizeInBytes;
        var maxTimestampMs = knownMaxTimestampMs;
        if (offset < TailStartOffset)
        {
            foreach (var segment in _segments)
            {
                if (segment.BaseOffset > offset)
                {
                    break;
                }

                behind -= segment.Size;
                // The one that is appended to grows younger.
                maxTimestampMs = Math.Max(knownMaxTimestampMs, segment.MaxTimestampMs);
            }
        }

        if (offset < Offset.Min(_appendBase, TailStartOffset))
        {
            return new SegmentOutlook(maxTimestampMs, behind, Roll: null);
        }

        var rollsAtMs = _appendFirstTimestampMs < 0 ? double.PositiveInfinity : _appendFirstTimestampMs + (double)Math.Max(0, config.SegmentMs - config.SegmentJitterMs);
        return new SegmentOutlook(maxTimestampMs, BytesBehind: 0, new SegmentRoll(Math.Max(0, config.SegmentBytes - _appendBytes), rollsAtMs));
    }

    private int TakePiece(TailBatch[] batches)
    {
        lock (_gate)
        {
            int count = 0, bytes = 0;
            while (count < Math.Min(_tail.Count, SettlePieceBatches) && bytes < SettlePieceBytes)
            {
                ref readonly var batch = ref _tail[count];
                if (batch.NextOffset.Value > _flushed || (count > 0 && batch.StartsSegment))
                {
                    break;
                }

                batches[count++] = batch;
                bytes += batch.Length;
            }

            return count;
        }
    }

    private void SettlePiece(ReadOnlySpan<TailBatch> batches)
    {
        var segment = batches[0].StartsSegment ? StartSegment(batches[0].BaseOffset) : _segments[^1];
        var records = 0L;
        var pieces = new ReadOnlyMemory<byte>[batches.Length];
        var settled = new SettledBatch[batches.Length];
        for (var i = 0; i < batches.Length; i++)
        {
            pieces[i] = batches[i].Bytes;
            settled[i] = new SettledBatch(batches[i].NextOffset, batches[i].MaxTimestampMs, batches[i].Length);
            records += batches[i].Records;
        }

        var before = segment.Size;
        segment.Append(settled, pieces, Config.IndexIntervalBytes);
        var bytes = segment.Size - before;
        _store.Metrics.Settled(bytes);
        lock (_gate)
        {
            for (var i = 0; i < batches.Length; i++)
            {
                _tail.RemoveFirst();
            }

            _tailBytes -= bytes;
            segment.Records.Add(records);
            Volatile.Write(ref _settledEnd, batches[^1].NextOffset.Value);
        }

        foreach (ref readonly var batch in batches)
        {
            batch.Chunk.Release();
        }
    }

    private Segment StartSegment(Offset baseOffset)
    {
        // A piece that could not be written is tried again, and so is its segment.
        if (_segments.Length > 0 && _segments[^1].BaseOffset == baseOffset)
        {
            return _segments[^1];
        }

        var segment = Segment.Create(_files, baseOffset);
        lock (_gate)
        {
            _segments = [.. _segments, segment];
        }

        return segment;
    }

    private IEnumerable<Segment> RetainedSegments()
    {
        Segment[] segments;
        lock (_gate)
        {
            segments = _segments;
        }

        foreach (var segment in segments)
        {
            if (segment.TryRetain())
            {
                yield return segment;
            }
        }
    }

    private List<TailBatch> RetainedTail(Func<TailBatch, bool> wanted)
    {
        var batches = new List<TailBatch>();
        lock (_gate)
        {
            for (var i = 0; i < _tail.Count; i++)
            {
                if (wanted(_tail[i]))
                {
                    _tail[i].Chunk.Retain();
                    batches.Add(_tail[i]);
                }
            }
        }

        return batches;
    }

    private IEnumerable<RecordBatchHeader> HeadersFrom(Offset offset)
    {
        foreach (var segment in RetainedSegments())
        {
            using var held = new SegmentReference(segment);
            if (segment.Locate(offset) is not { } first)
            {
                continue;
            }

            foreach (var header in segment.Headers(first.Position))
            {
                yield return header;
                offset = header.NextOffset;
            }
        }

        foreach (var batch in RetainedTail(b => b.BaseOffset >= offset))
        {
            using var held = new ChunkReference(batch.Chunk);
            RecordBatchHeader.TryRead(batch.Bytes.Span, out var header);
            yield return header;
        }
    }

    private static byte[] ReadBatch(Segment segment, long position, in RecordBatchHeader header)
    {
        var bytes = new byte[header.SizeInBytes];
        return segment.Read(bytes, position) == bytes.Length ? bytes : throw new DamagedLogException(segment.LogPath, position);
    }

    private TimestampedOffset? FirstRecord(ReadOnlyMemory<byte> bytes, RecordBatchHeader header, Func<long, bool> wanted)
    {
        using var opened = OpenedBatch.Open(bytes, header, int.MaxValue);
        foreach (var record in opened.Records)
        {
            if (wanted(record.TimestampMs) && record.Offset >= StartOffset)
            {
                return new TimestampedOffset(record.Offset, record.TimestampMs, header.LeaderEpoch);
            }
        }

        return null;
    }

    /// <summary>How many records of the segment that holds the log's start lie below it, as far as headers have been read.</summary>
    private sealed record StartWalk(Segment Segment, Offset Start, long Position, long Records, bool IsOver);

    private readonly struct SegmentReference(Segment segment) : IDisposable
    {
        public void Dispose() => segment.Release();
    }

    private readonly struct ChunkReference(Chunk chunk) : IDisposable
    {
        public void Dispose() => chunk.Release();
    }
}
