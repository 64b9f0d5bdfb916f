using System.Collections.Concurrent;
using System.Globalization;
using FlyMQ.Records;
using FlyMQ.Storage.Files;
using FlyMQ.Storage.Journal;
using FlyMQ.Storage.Recovery;
using FlyMQ.Storage.Segments;
using Microsoft.Extensions.Logging;

namespace FlyMQ.Storage;

/// <summary>
/// All logs of a node over one journal. Two threads: the journal's writer, which flushes what has accumulated, and the settler, which moves flushed batches
/// into segments, checkpoints, recycles journal files, deletes what retention gives up and watches free space.
/// </summary>
public sealed class LogStore : ILogStore
{
    private const string TopicsFolder = "topics", JournalFolder = "journal";
    private const int CountedAtOnce = 1024;
    private const int HandlesGiven = 16;
    private static readonly TimeSpan SettleInterval = TimeSpan.FromMilliseconds(500), IdleInterval = TimeSpan.FromSeconds(5);
    private const int RoomIntervalMs = 100;
    private static readonly TimeSpan ReplayLineInterval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan CheckpointInterval = TimeSpan.FromMinutes(1), IdleFileInterval = TimeSpan.FromMinutes(5);

    private readonly LogStoreOptions _options;
    private readonly TimeProvider _time;
    private readonly ChunkPool _chunks;
    private readonly ConcurrentDictionary<TopicIdPartition, PartitionLog> _logs = new();
    private readonly ConcurrentQueue<PartitionLog> _toSettle = new();
    private readonly ConcurrentQueue<PartitionLog> _toCount = new();
    private readonly ConcurrentQueue<Action> _settlerWork = new();
    private readonly SemaphoreSlim _settlerWake = new(0);
    private readonly HashSet<PartitionLog> _dirty = [];
    private readonly List<(PartitionLog Log, Segment Segment)> _expired = [];
    private readonly Lock _roomLock = new();
    private Dictionary<TopicIdPartition, LogCheckpoint> _checkpoint = [];
    private long _coveredSequence;
    private long _generation;
    private TaskCompletionSource? _room;
    private bool _settlingStalled;
    private bool _saidStalled;
    private volatile bool _handleWanted;
    private Thread? _journalThread;
    private Thread? _settlerThread;
    private volatile bool _stopping;
    private volatile bool _isFull;
    private volatile bool _lacksRoom;
    private string? _failure;
    private long _lastCheckpoint;
    private long _lastRetention;
    private long _lastSpaceCheck;
    private long _lastIdleSweep;
    private long _settlerSteps;

    private LogStore(IFiles files, LogStoreOptions options, TimeProvider time, ILogger logger)
    {
        _options = options;
        _time = time;
        Events = new StorageEvents(logger);
        LogFiles = new OpenLogFiles(options.OpenLogFiles, Events.LogFilesShared);
        Files = new HandleSparingFiles(files, SpareHandle);
        _chunks = new ChunkPool(options.ChunkBytes, kept: (int)Math.Max(2, Math.Min(32, options.TailMemoryBytes / 4 / options.ChunkBytes))) { Returned = OnChunkReturned };
        Journal = null!;
    }

    public SyncMode SyncMode => _options.Sync;

    public IReadOnlyCollection<IPartitionLog> Logs => [.. _logs.Values];

    public bool IsFull => _isFull || Journal.LacksRoom;

    /// <summary>
    /// True while the journal cannot be written and what waits for it has filled the memory that tails may take (<c>storage.tail_memory_bytes</c>): then nobody
    /// appends, for memory is all that records would go to.
    /// </summary>
    internal bool IsOutOfMemory => Journal.LacksRoom && _chunks.BytesOut > _options.TailMemoryBytes;

    /// <summary>True while segments cannot be written for lack of room, whatever <c>storage.min_free_bytes</c> is: soon producers wait.</summary>
    public bool LacksRoom => _lacksRoom;

    public string? Failure => Volatile.Read(ref _failure);

    public StorageProgress Progress
    {
        get
        {
            // In this order, so that what was flushed between the two reads is not taken for work that is left.
            var flushed = Journal.FlushedSequence;
            return new StorageProgress(Journal.AppendedSequence, flushed, Volatile.Read(ref _settlerSteps));
        }
    }

    /// <summary>Logs that take no more writes. Walks over all of them, without a lock.</summary>
    public int FencedLogs
    {
        get
        {
            var fenced = 0;
            foreach (var (_, log) in _logs)
            {
                fenced += log.FenceReason is null ? 0 : 1;
            }

            return fenced;
        }
    }

    /// <summary>How long the journal's flushes took, one entry for each.</summary>
    public LatencyHistogram SyncLatency => Journal.SyncLatency;

    /// <summary>What the settler has done, and how often producers had to wait for it.</summary>
    public LogStoreMetrics Metrics { get; } = new();

    /// <summary>What the journal has in hand and has done.</summary>
    public JournalLoad JournalLoad => Journal.Load;

    /// <summary>What the tails hold of memory, their bound, and the bytes of records in it that wait to be settled. Walks over all logs, without a lock.</summary>
    public TailLoad TailLoad
    {
        get
        {
            var unsettled = 0L;
            foreach (var (_, log) in _logs)
            {
                unsettled += log.TailBytes;
            }

            return new TailLoad(_chunks.BytesOut, _options.TailMemoryBytes, unsettled);
        }
    }

    /// <summary>The journal's writer and the settler, while they run.</summary>
    public int ThreadCount => (_journalThread is null ? 0 : 1) + (_settlerThread is null ? 0 : 1);

    internal IFiles Files { get; }

    internal OpenLogFiles LogFiles { get; }

    internal TimeProvider Time => _time;

    internal StorageEvents Events { get; }

    internal Journal.Journal Journal { get; private set; }

    private string TopicsPath => Path.Combine(_options.DataDir, TopicsFolder);

    /// <summary>Lets go of memory that is only kept for the next append.</summary>
    public void GiveBackMemory() => _chunks.Trim();

    /// <summary>Opens a data folder: what is there is recovered, and threads are started when the options say so.</summary>
    /// <param name="files">The file system.</param>
    /// <param name="options">Where, and the limits.</param>
    /// <param name="configOf">A topic's configuration, by its id; asked for the logs found.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Told what is found.</param>
    /// <param name="recovery">Told how far it is.</param>
    /// <exception cref="IOException">The folder cannot be read or written, or the journal is damaged (<see cref="JournalDamagedException"/>).</exception>
    /// <exception cref="InvalidDataException">The checkpoint is damaged or of another version.</exception>
    public static LogStore Open(
        IFiles files, LogStoreOptions options, Func<TopicIdPartition, LogConfig> configOf, TimeProvider time, ILogger logger, RecoveryProgress? recovery = null)
    {
        var store = new LogStore(files, options, time, logger);
        recovery?.Begin();
        var began = time.GetTimestamp();
        store.Recover(configOf, recovery);
        recovery?.End(time.GetElapsedTime(began));
        if (options.Threads)
        {
            store.StartThreads();
        }

        return store;
    }

    public IPartitionLog? Find(TopicIdPartition id) => _logs.GetValueOrDefault(id);

    public ValueTask<IPartitionLog> CreateAsync(TopicIdPartition id, string topic, LogConfig config)
    {
        if (_logs.TryGetValue(id, out var there))
        {
            return ValueTask.FromResult<IPartitionLog>(there);
        }

        if (Failure is { } failure)
        {
            throw new IOException(failure);
        }

        var folder = FolderOf(topic, id.Partition);
        if (Files.FolderExists(folder))
        {
            throw new IOException($"{folder} exists and belongs to another topic.");
        }

        try
        {
            Files.CreateFolder(folder);
            PartitionMetadataFile.Write(Files, folder, id.TopicId);
        }
        catch (IOException)
        {
            Files.DeleteFolder(folder);
            throw;
        }

        var log = new PartitionLog(this, id, topic, folder, config);
        _logs[id] = log;
        return ValueTask.FromResult<IPartitionLog>(log);
    }

    public async ValueTask DeleteAsync(TopicIdPartition id)
    {
        if (!_logs.TryRemove(id, out var log))
        {
            return;
        }

        log.Forget();
        await OnSettlerAsync(() => DeleteNow(log)).ConfigureAwait(false);
    }

    public ValueTask WaitForRoomAsync(CancellationToken cancellation)
    {
        if (_chunks.BytesOut <= _options.TailMemoryBytes || Failure is not null || !_options.Threads)
        {
            return ValueTask.CompletedTask;
        }

        Metrics.WaitedForRoom();
        Task room;
        lock (_roomLock)
        {
            _room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            room = _room.Task;
        }

        _settlerWake.Release();
        // A chunk may have come back between the two looks.
        OnChunkReturned();
        return new ValueTask(room.WaitAsync(cancellation));
    }

    public ValueTask CloseCleanlyAsync(CancellationToken cancellation)
    {
        StopThreads();
        while (Journal.FlushOnce())
        {
        }

        RunSettlerWork();
        if (Failure is not null || Journal.LacksRoom)
        {
            return ValueTask.CompletedTask;
        }

        foreach (var log in _logs.Values)
        {
            QueueToSettle(log);
            _dirty.Add(log);
        }

        // Nothing in the journal is needed any more: the next start reads none of it.
        if (TryCheckpoint() && WriteCheckpoint(_coveredSequence, Journal.NextGeneration))
        {
            AtomicFile.Write(Files, Path.Combine(_options.DataDir, StoreCheckpoint.CleanShutdown), [(byte)'1', (byte)'\n']);
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        StopThreads();
        RunSettlerWork();
        foreach (var log in _logs.Values)
        {
            log.CloseFiles();
        }

        foreach (var (_, segment) in _expired)
        {
            segment.CloseFiles();
        }

        Journal.Dispose();
        _settlerWake.Dispose();
        lock (_roomLock)
        {
            _room?.TrySetResult();
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>The journal's step: writes and flushes what has accumulated.</summary>
    /// <returns>False when there was nothing to do.</returns>
    public bool FlushOnce() => Journal.FlushOnce();

    /// <summary>Another of the settler's steps: looks whether there is room, at most twice a second.</summary>
    public void WatchSpaceOnce()
    {
        if (_options.MinFreeBytes == 0 || (_lastSpaceCheck != 0 && _time.GetElapsedTime(_lastSpaceCheck) < SettleInterval))
        {
            return;
        }

        _lastSpaceCheck = _time.GetTimestamp();
        var full = Files.FreeBytes(_options.DataDir) < _options.MinFreeBytes;
        if (full == _isFull)
        {
            return;
        }

        _isFull = full;
        if (full)
        {
            Events.StorageFull(_options.MinFreeBytes, _options.DataDir);
        }
        else
        {
            Events.StorageHasRoom(_options.DataDir);
        }
    }

    /// <summary>Another of the settler's steps: makes the journal's next file ready when the present one is half full.</summary>
    public void PrepareJournalOnce() => Journal.PrepareSpare();

    /// <summary>
    /// Another of the settler's steps: of one log whose records could not be counted as they came, reads some headers. Few at a time, for nothing waits for the
    /// number and producers may wait for the settler.
    /// </summary>
    /// <param name="batches">How many headers at most.</param>
    /// <returns>False when every log is counted.</returns>
    public bool CountRecordsOnce(int batches = CountedAtOnce)
    {
        if (!_toCount.TryDequeue(out var log))
        {
            return false;
        }

        log.DequeuedToCount();
        if (_logs.ContainsKey(log.Id))
        {
            // Kept by the next checkpoint.
            _dirty.Add(log);
            if (log.CountRecords(batches))
            {
                QueueToCount(log);
            }
        }

        return !_toCount.IsEmpty;
    }

    /// <summary>Another of the settler's steps: closes the files of segments that nobody has read since the last time.</summary>
    public void CloseIdleFilesOnce()
    {
        foreach (var log in _logs.Values)
        {
            log.CloseIdleFiles();
        }
    }

    /// <summary>The settler's step: everything flushed is moved into segments.</summary>
    /// <returns>False when there was nothing to do.</returns>
    public bool SettleOnce()
    {
        var any = false;
        _settlingStalled = false;
        GiveHandles();
        var left = _toSettle.Count;
        // Who takes what was given may be a connection.
        var retries = left + HandlesGiven;
        for (; left > 0 && _toSettle.TryDequeue(out var log); left--)
        {
            any = true;
            Stepped();
            log.Dequeued();
            if (!_logs.ContainsKey(log.Id) || log.IsDamaged)
            {
                continue;
            }

            try
            {
                _dirty.Add(log);
                log.Settle();
            }
            catch (StorageShortageException e)
            {
                QueueToSettle(log);
                if (retries-- > 0 && GiveHandles())
                {
                    left++;
                    continue;
                }

                Stalled(e);
                return any;
            }
            catch (IOException e)
            {
                log.Fence($"Its segment could not be written ({e.Message}); what was acknowledged is in the journal and comes back with a restart.");
                Fail(e, $"Settling {log.Folder} failed ({e.Message}); the broker takes no more writes until it is restarted.");
                return any;
            }
        }

        _lacksRoom = false;
        return any;
    }

    /// <summary>Flushes the segments of everything settled, says so on disk, and frees the journal files that are no longer needed.</summary>
    public void CheckpointOnce() => TryCheckpoint();

    /// <param name="whole">Writes nothing when something has to stay in memory for want of room.</param>
    /// <returns>False when not everything is covered; then it is tried again, or the store has failed.</returns>
    internal bool TryCheckpoint(bool whole = false)
    {
        if (Failure is not null)
        {
            return false;
        }

        // Whatever this covers is in its log's tail: the journal says it when every listener has heard, and a listener waits for the writer that appends.
        var covered = Journal.FlushedSequence;
        foreach (var log in _logs.Values)
        {
            QueueToSettle(log);
        }

        SettleOnce();
        // With something left in memory the journal's files are all needed, but what is settled can be noted down: retention waits for it.
        var stalled = _settlingStalled;
        if (Failure is not null || (stalled && whole) || !(stalled ? WriteCheckpoint(_coveredSequence, _generation) : WriteCheckpoint(covered, Journal.OldestGenerationAfter(covered))))
        {
            return false;
        }

        _lastCheckpoint = _time.GetTimestamp();
        if (!stalled)
        {
            Journal.Recycle(covered);
            if (_saidStalled)
            {
                _saidStalled = false;
                Events.SettlingGoesOn();
            }
        }

        return !stalled;
    }

    private void Stalled(StorageShortageException cause)
    {
        _settlingStalled = true;
        _lacksRoom = cause is StorageFullException;
        SayStalled(cause);
    }

    // Once, until it goes on: it is tried twice a second.
    private void SayStalled(StorageShortageException cause)
    {
        if (!_saidStalled)
        {
            _saidStalled = true;
            Events.SettlingStalled(cause.Message);
        }
    }

    // Any thread, when no file could be opened.
    private bool SpareHandle()
    {
        if (LogFiles.CloseOne(mayFlush: false))
        {
            return true;
        }

        _handleWanted = true;
        if (_options.Threads && !_stopping && _settlerWake.CurrentCount == 0)
        {
            _settlerWake.Release();
        }

        return false;
    }

    // What is open was written to since the last checkpoint, or there would have been one to spare.
    private bool GiveHandles()
    {
        var given = 0;
        if (!_handleWanted)
        {
            return false;
        }

        _handleWanted = false;
        try
        {
            while (given < HandlesGiven && LogFiles.CloseOne(mayFlush: true))
            {
                given++;
            }
        }
        catch (IOException e)
        {
            Fail(e, $"A segment could not be flushed ({e.Message}). What was acknowledged is in the journal; the broker takes no more writes until it is restarted.");
        }

        return given > 0 && Failure is null;
    }

    private bool WriteCheckpoint(long covered, long generation)
    {
        try
        {
            var dirty = _dirty.Where(log => _logs.ContainsKey(log.Id) && !log.IsDamaged).ToList();
            // All log files before the first index: then any of them may be closed where a handle for what follows is lacking.
            foreach (var log in dirty)
            {
                Stepped();
                log.FlushLogFiles();
            }

            foreach (var log in dirty)
            {
                Stepped();
                _checkpoint[log.Id] = log.Checkpoint();
            }

            foreach (var id in _checkpoint.Keys.Where(id => !_logs.ContainsKey(id)).ToList())
            {
                _checkpoint.Remove(id);
            }

            StoreCheckpoint.Write(Files, _options.DataDir, new StoreCheckpoint(covered, generation, _checkpoint));
        }
        catch (StorageShortageException e)
        {
            SayStalled(e);
            return false;
        }
        catch (IOException e)
        {
            Fail(e, $"A checkpoint failed ({e.Message}). What was acknowledged is in the journal; the broker takes no more writes until it is restarted.");
            return false;
        }

        foreach (var log in _dirty)
        {
            if (_checkpoint.TryGetValue(log.Id, out var checkpoint))
            {
                log.Checkpointed(checkpoint);
            }
        }

        _dirty.Clear();
        (_coveredSequence, _generation) = (covered, generation);
        foreach (var (log, segment) in _expired)
        {
            Events.SegmentDeleted(log.Topic, log.Id.Partition, segment.BaseOffset.Value, segment.Size, "retention");
            segment.Delete();
        }

        _expired.Clear();
        return true;
    }

    internal int ApplyRetention(IReadOnlyCollection<PartitionLog> logs)
    {
        var nowMs = _time.GetUtcNow().ToUnixTimeMilliseconds();
        var expired = 0;
        foreach (var log in logs)
        {
            Stepped();
            try
            {
                if (log.FenceReason is null && log.RemoveExpired(nowMs) is { Count: > 0 } segments)
                {
                    expired += segments.Count;
                    _expired.AddRange(segments.Select(segment => (log, segment)));
                    _dirty.Add(log);
                }
            }
            catch (StorageShortageException)
            {
                // What is too old is found the next time.
            }
            catch (IOException e)
            {
                log.Fence(e.Message);
            }
        }

        // The checkpoint knows of the new start before any file goes, so that a file which a crash brings back is known as stale.
        if (_expired.Count > 0)
        {
            TryCheckpoint();
        }

        return expired;
    }

    internal void QueueToSettle(PartitionLog log)
    {
        if (log.TryQueue())
        {
            _toSettle.Enqueue(log);
        }

        if (_options.Threads && _chunks.BytesOut > _options.TailMemoryBytes / 4 && _settlerWake.CurrentCount == 0)
        {
            _settlerWake.Release();
        }
    }

    internal void QueueToCount(PartitionLog log)
    {
        if (log.TryQueueToCount())
        {
            _toCount.Enqueue(log);
        }
    }

    /// <summary>Runs something where segments are written. With threads off: here.</summary>
    internal Task OnSettlerAsync(Action work)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _settlerWork.Enqueue(() =>
        {
            try
            {
                work();
                done.SetResult();
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        });
        if (_settlerThread is null)
        {
            RunSettlerWork();
        }
        else
        {
            _settlerWake.Release();
        }

        return done.Task;
    }

    internal void Fail(Exception cause, string reason)
    {
        if (Interlocked.CompareExchange(ref _failure, reason, null) is not null)
        {
            return;
        }

        Events.StoreFailed(cause, reason);
        foreach (var log in _logs.Values)
        {
            log.Fence(reason);
        }

        lock (_roomLock)
        {
            _room?.TrySetResult();
            _room = null;
        }
    }

    private string FolderOf(string topic, int partition) => Path.Combine(TopicsPath, string.Create(CultureInfo.InvariantCulture, $"{topic}-{partition}"));

    private void DeleteNow(PartitionLog log)
    {
        var gone = log.Folder + "." + log.Id.TopicId.ToString("N") + LogFileNames.DeletedSuffix;
        _dirty.Remove(log);
        try
        {
            Files.RenameFolder(log.Folder, gone);
            Files.SyncFolder(TopicsPath);
        }
        finally
        {
            // Also when it failed: the log is nobody's any more.
            log.Forget(gone);
        }

        try
        {
            Files.DeleteFolder(gone);
        }
        catch (IOException e)
        {
            // The next start tries again: the name says what it is.
            Events.CannotDelete(gone, e.Message);
        }
    }

    private void OnChunkReturned()
    {
        if (_chunks.BytesOut > _options.TailMemoryBytes)
        {
            return;
        }

        TaskCompletionSource? room;
        lock (_roomLock)
        {
            room = _room;
            _room = null;
        }

        room?.TrySetResult();
    }

    private void Recover(Func<TopicIdPartition, LogConfig> configOf, RecoveryProgress? recovery)
    {
        var started = _time.GetTimestamp();
        Files.CreateFolder(TopicsPath);
        var journalPath = Path.Combine(_options.DataDir, JournalFolder);
        Files.CreateFolder(journalPath);
        // What is seen now must not be undone later: the process that ended may have failed to sync it.
        foreach (var folder in (ReadOnlySpan<string>)[_options.DataDir, TopicsPath, journalPath])
        {
            Files.SyncFolder(folder);
        }

        var marker = Path.Combine(_options.DataDir, StoreCheckpoint.CleanShutdown);
        var clean = Files.FileExists(marker);
        var checkpoint = StoreCheckpoint.Read(Files, _options.DataDir);
        OpenLogs(checkpoint, clean, configOf);

        var reader = new JournalReader(Files, journalPath);
        _checkpoint = checkpoint.Logs.Where(l => _logs.ContainsKey(l.Key)).ToDictionary();
        (_coveredSequence, _generation) = (checkpoint.CoveredSequence, checkpoint.Generation);
        foreach (var log in clean ? [] : _logs.Values)
        {
            _dirty.Add(log);
        }

        var replayed = Replay(reader, checkpoint, clean, recovery);
        Journal = new Journal.Journal(Files, journalPath, _options, _chunks, Events, _time, reader.NextGeneration(clean), reader.LastSequence)
        {
            Failed = reason => Fail(new IOException(reason), reason),
        };
        if (!clean)
        {
            // Until everything is settled the journal's files must not be written anew.
            if (!TryCheckpoint())
            {
                throw new IOException(Failure ?? $"There is no room in {_options.DataDir} to recover: {Files.FreeBytes(_options.DataDir)} bytes are free. Nothing is lost; make room and start again.");
            }

            if (_logs.Count > 0)
            {
                Events.Recovered(_logs.Count, replayed, (long)_time.GetElapsedTime(started).TotalMilliseconds);
            }
        }
        else
        {
            // The marker is true for one start only.
            Files.Delete(marker);
            Files.SyncFolder(_options.DataDir);
        }

        _lastCheckpoint = _lastRetention = _lastIdleSweep = _time.GetTimestamp();
        WatchSpaceOnce();
    }

    private void OpenLogs(StoreCheckpoint checkpoint, bool clean, Func<TopicIdPartition, LogConfig> configOf)
    {
        foreach (var entry in Files.List(TopicsPath).Where(e => e.IsFolder))
        {
            var folder = Path.Combine(TopicsPath, entry.Name);
            if (entry.Name.EndsWith(LogFileNames.DeletedSuffix, StringComparison.Ordinal))
            {
                Files.DeleteFolder(folder);
                continue;
            }

            var dash = entry.Name.LastIndexOf('-');
            if (dash <= 0 || !int.TryParse(entry.Name.AsSpan(dash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var partition))
            {
                continue;
            }

            if (PartitionMetadataFile.Read(Files, folder) is not { } topicId)
            {
                RemoveUnfinished(folder);
                continue;
            }

            var id = new TopicIdPartition(topicId, partition);
            var log = new PartitionLog(this, id, entry.Name[..dash], folder, configOf(id));
            var known = checkpoint.Logs.TryGetValue(id, out var logCheckpoint);
            log.Restore(LogRecovery.Open(Files, log.Files, known ? logCheckpoint : LogCheckpoint.Empty, clean && known));
            _logs[id] = log;
        }
    }

    // A log takes records only after its metadata is on disk, so a folder without it holds none; one that does hold some is left for a person to see.
    private void RemoveUnfinished(string folder)
    {
        if (Files.List(folder).Any(e => e.Name.EndsWith(LogFileNames.Log, StringComparison.Ordinal) && e.Length > 0))
        {
            throw new IOException($"{folder} has records but no readable {LogFileNames.PartitionMetadata}. Nothing was changed.");
        }

        Events.UnfinishedLogRemoved(folder);
        Files.DeleteFolder(folder);
    }

    private long Replay(JournalReader reader, StoreCheckpoint checkpoint, bool clean, RecoveryProgress? recovery)
    {
        if (!clean && (_logs.Count > 0 || checkpoint != StoreCheckpoint.None))
        {
            Events.Recovering(_logs.Count);
        }

        using var replay = new JournalReplay(
            _chunks, id => _logs.GetValueOrDefault(id), QueueToSettle, () => SettleOnce(),
            record => !_settlingStalled && Failure is null && WriteCheckpoint(record.Sequence, record.Generation));
        var said = _time.GetTimestamp();
        reader.Replay(checkpoint.Generation, checkpoint.CoveredSequence, replay.Apply, (done, total) =>
        {
            recovery?.Report(done, total);
            recovery?.Replayed(replay.Bytes, replay.Records);
            if (total > 0 && (done == total || _time.GetElapsedTime(said) >= ReplayLineInterval))
            {
                said = _time.GetTimestamp();
                Events.Replayed(done >> 20, total >> 20);
            }
        });
        SettleOnce();
        foreach (var log in _logs.Values.Where(l => l.EndOffset < l.StartOffset && !l.IsDamaged))
        {
            // Records that had been deleted, and that storage.sync did not ask to be kept.
            _expired.AddRange(log.SkipToStart().Select(segment => (log, segment)));
        }

        return replay.Records;
    }

    private void StartThreads()
    {
        _journalThread = new Thread(RunJournal) { Name = "flymq-journal", IsBackground = true };
        _settlerThread = new Thread(RunSettler) { Name = "flymq-settler", IsBackground = true };
        _journalThread.Start();
        _settlerThread.Start();
    }

    private void StopThreads()
    {
        _stopping = true;
        if (_journalThread is not null)
        {
            Journal.Wake();
            _journalThread.Join();
            _journalThread = null;
        }

        if (_settlerThread is not null)
        {
            _settlerWake.Release();
            _settlerThread.Join();
            _settlerThread = null;
        }
    }

    private void RunJournal()
    {
        var interval = _options.Sync == SyncMode.Interval;
        var synced = _time.GetTimestamp();
        while (!_stopping)
        {
            if (!Journal.FlushOnce())
            {
                Journal.WaitForWork(Journal.LacksRoom ? RoomIntervalMs : interval ? _options.SyncIntervalMs : Timeout.Infinite);
            }

            if (interval && _time.GetElapsedTime(synced).TotalMilliseconds >= _options.SyncIntervalMs)
            {
                Journal.SyncWritten();
                synced = _time.GetTimestamp();
            }
        }
    }

    private void RunSettler()
    {
        while (!_stopping)
        {
            Stepped();
            _settlerWake.Wait(_toSettle.IsEmpty ? IdleInterval : SettleInterval);
            // Wake-ups that came together are one.
            while (_settlerWake.CurrentCount > 0)
            {
                _settlerWake.Wait(0);
            }

            try
            {
                RunSettlerWork();
                if (Failure is null)
                {
                    SettleOnce();
                    CountRecordsOnce();
                    Journal.PrepareSpare();
                    if (Journal.NeedsCheckpoint || (_dirty.Count > 0 && _time.GetElapsedTime(_lastCheckpoint) > CheckpointInterval))
                    {
                        CheckpointOnce();
                    }

                    if (_time.GetElapsedTime(_lastRetention).TotalMilliseconds >= _options.RetentionCheckIntervalMs)
                    {
                        _lastRetention = _time.GetTimestamp();
                        ApplyRetention([.. _logs.Values]);
                    }
                }

                if (_time.GetElapsedTime(_lastIdleSweep) > IdleFileInterval)
                {
                    _lastIdleSweep = _time.GetTimestamp();
                    CloseIdleFilesOnce();
                }

                WatchSpaceOnce();
            }
            catch (StorageShortageException e)
            {
                SayStalled(e);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                Fail(e, $"The storage failed ({e.Message}); the broker takes no more writes until it is restarted.");
            }
        }
    }

    private void RunSettlerWork()
    {
        while (_settlerWork.TryDequeue(out var work))
        {
            Stepped();
            work();
        }
    }

    // One thread settles at a time.
    private void Stepped() => Volatile.Write(ref _settlerSteps, _settlerSteps + 1);
}
