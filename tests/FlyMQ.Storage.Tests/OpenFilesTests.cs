using System.Collections.Concurrent;
using FlyMQ.Records;
using FlyMQ.Storage.Files;
using Microsoft.Extensions.Logging.Abstractions;

namespace FlyMQ.Storage.Tests;

/// <summary>More logs than handles: how many are open is bounded, and who needs one more closes another, having flushed it.</summary>
public sealed class OpenFilesTests : IDisposable
{
    private const int Logs = 40, Limit = 6;

    private readonly string _folder = Directory.CreateTempSubdirectory("flymq-handles-").FullName;
    private readonly WatchedFiles _files = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task However_many_logs_are_written_and_read_no_more_files_are_open_than_the_limit()
    {
        await using (var store = Open())
        {
            await Create(store);
            Append(store);
            store.SettleOnce();
            Append(store);
            store.CheckpointOnce();
            Read(store, 2);
            Assert.InRange(_files.OpenIndexes, 0, 0);
            Append(store);
            store.SettleOnce();
        }

        // As after a kill: what the last checkpoint does not say comes from the journal.
        await using (var store = Open())
        {
            Read(store, 3);
            await store.CloseCleanlyAsync(TestContext.Current.CancellationToken);
        }

        await using (var store = Open())
        {
            Assert.Equal(0, _files.OpenLogs);
            Read(store, 3);
        }

        Assert.Equal(Limit, _files.MostOpenLogs);
        Assert.Equal((0, 0), (_files.OpenLogs, _files.OpenIndexes));
    }

    [Fact]
    public async Task What_was_written_is_flushed_before_its_file_is_closed_for_another()
    {
        await using var store = Open();
        await Create(store);
        for (var i = 0; i < 5; i++)
        {
            Append(store);
            store.SettleOnce();
        }

        Assert.True(_files.Closed > Logs, $"{_files.Closed} files were closed.");
        Assert.Empty(_files.ClosedUnflushed);
    }

    [Fact]
    public async Task With_one_log_more_than_handles_most_files_stay_open_from_one_round_to_the_next()
    {
        await using var store = Open(limit: Logs - 1);
        await Create(store);
        Append(store);
        store.SettleOnce();
        var closed = _files.Closed;
        const int Rounds = 20;
        for (var i = 0; i < Rounds; i++)
        {
            Append(store);
            store.SettleOnce();
        }

        // The oldest first would have closed every one in every round.
        Assert.InRange(_files.Closed - closed, 1, Rounds * Logs / 4);
    }

    [Fact]
    public async Task Readers_and_the_settler_never_meet_a_closed_file()
    {
        await using var store = Open(limit: 2);
        await Create(store);
        Append(store);
        store.SettleOnce();
        using var end = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        var readers = Enumerable.Range(0, 3).Select(reader => Task.Run(() =>
        {
            for (var i = reader; !end.IsCancellationRequested; i++)
            {
                Assert.NotEmpty(store.Find(Id(i % Logs))!.ReadAll(Offset.Zero));
            }
        })).ToList();
        var rounds = 1;
        for (; !end.IsCancellationRequested; rounds++)
        {
            Append(store);
            store.SettleOnce();
            store.CloseIdleFilesOnce();
        }

        await Task.WhenAll(readers);
        Assert.Null(store.Failure);
        Read(store, rounds);
        // A reader may have one open beyond the limit, and closes it.
        Assert.InRange(_files.MostOpenLogs, 2, 2 + 4);
        Assert.InRange(_files.OpenLogs, 0, 2);
        Assert.Empty(_files.ClosedUnflushed);
    }

    [Fact]
    public async Task Without_a_handle_to_be_had_nothing_fails_and_everything_is_settled_when_there_are_some_again()
    {
        await using var store = Open();
        await Create(store);
        Append(store);
        store.SettleOnce();
        Append(store);
        _files.MaxOpen = 0;
        store.SettleOnce();
        store.CheckpointOnce();
        Append(store);
        Assert.Null(store.Failure);
        Assert.False(store.LacksRoom);
        var unread = store.Logs.Count(log => log.Read(Offset.Zero, log.EndOffset, 1 << 20, atLeastOneBatch: true) is var read && Faulted(read));
        Assert.True(unread > 0);
        _files.MaxOpen = int.MaxValue;
        store.SettleOnce();
        store.CheckpointOnce();
        Assert.All(store.Logs, log => Assert.Equal((log.EndOffset, null), (log.TailStartOffset, log.FenceReason)));
        Read(store, 3);
    }

    [Fact]
    public async Task When_others_have_taken_the_handles_the_store_goes_on_with_those_it_has()
    {
        await using var store = Open();
        await Create(store);
        Append(store);
        store.SettleOnce();
        _files.MaxOpen = _files.Open;
        for (var i = 0; i < 20; i++)
        {
            Append(store);
            store.SettleOnce();
            store.CheckpointOnce();
        }

        Assert.Null(store.Failure);
        Assert.All(store.Logs, log => Assert.Equal(log.EndOffset, log.TailStartOffset));
        Read(store, 21);
        await store.CloseCleanlyAsync(TestContext.Current.CancellationToken);
        Assert.True(File.Exists(Path.Combine(_folder, "clean-shutdown")));
    }

    [Fact]
    public async Task A_log_is_created_durably_with_the_handle_that_another_gave()
    {
        await using var store = Open();
        await Create(store);
        Append(store);
        store.SettleOnce();
        store.CheckpointOnce();
        _files.MaxOpen = _files.Open;
        _files.Synced.Clear();
        await store.CreateAsync(Id(Logs), "late", LogConfig.Default);
        // The name of its folder, and that of the file in it.
        Assert.Contains(Path.Combine(_folder, "topics"), _files.Synced);
        Assert.Contains(Path.Combine(_folder, "topics", $"late-{Logs}"), _files.Synced);
    }

    private static bool Faulted(in LogRead read)
    {
        read.Records?.Dispose();
        return read.Fault == LogFault.TooManyOpenFiles;
    }

    private static TopicIdPartition Id(int number) => new(new Guid("00000000-0000-4000-8000-00000000abcd"), number);

    private static async Task Create(LogStore store)
    {
        for (var i = 0; i < Logs; i++)
        {
            await store.CreateAsync(Id(i), "orders", LogConfig.Default with { SegmentBytes = 1 << 20 });
        }
    }

    private static void Append(LogStore store)
    {
        foreach (var log in store.Logs)
        {
            Assert.Equal(LogFault.None, log.Append(TestBatches.Batch(1), new LeaderEpoch(1)).Fault);
        }

        store.FlushOnce();
    }

    private static void Read(LogStore store, int batches)
    {
        Assert.Equal(Logs, store.Logs.Count);
        Assert.All(store.Logs, log => Assert.Equal(batches, log.ReadAll(Offset.Zero).Count));
    }

    private LogStore Open(int limit = Limit) => LogStore.Open(
        _files, new LogStoreOptions { DataDir = _folder, Threads = false, MinFreeBytes = 0, OpenLogFiles = limit }, _ => LogConfig.Default, TimeProvider.System, NullLogger.Instance);

    /// <summary>The real files; what is open is counted, and may be bounded.</summary>
    private sealed class WatchedFiles : IFiles
    {
        private readonly ConcurrentDictionary<WatchedFile, string> _open = new();
        private int _mostOpenLogs;
        private int _closed;

        public int MaxOpen { get; set; } = int.MaxValue;

        public int Open => _open.Count;

        public int OpenLogs => _open.Values.Count(p => p.EndsWith(".log", StringComparison.Ordinal));

        public int OpenIndexes => _open.Values.Count(p => p.EndsWith("index", StringComparison.Ordinal));

        public int MostOpenLogs => _mostOpenLogs;

        public int Closed => _closed;

        public ConcurrentBag<string> ClosedUnflushed { get; } = [];

        public ConcurrentBag<string> Synced { get; } = [];

        IFile IFiles.Open(string path, FileOpenMode mode, FileAccessHint hint)
        {
            CheckHandles(path);
            var file = new WatchedFile(this, path, OsFiles.Instance.Open(path, mode, hint));
            _open[file] = path;
            InterlockedMax(OpenLogs);
            return file;
        }

        public bool FileExists(string path) => OsFiles.Instance.FileExists(path);

        public bool FolderExists(string path) => OsFiles.Instance.FolderExists(path);

        public void CreateFolder(string path)
        {
            if (!FolderExists(path))
            {
                Directory.CreateDirectory(path);
                SyncFolder(Path.GetDirectoryName(path)!);
            }
        }

        public void Rename(string from, string to) => OsFiles.Instance.Rename(from, to);

        public void RenameFolder(string from, string to) => OsFiles.Instance.RenameFolder(from, to);

        public void Delete(string path) => OsFiles.Instance.Delete(path);

        public void DeleteFolder(string path) => OsFiles.Instance.DeleteFolder(path);

        public IReadOnlyList<FolderEntry> List(string path) => OsFiles.Instance.List(path);

        public void SyncFolder(string path)
        {
            CheckHandles(path);
            Synced.Add(path);
            OsFiles.Instance.SyncFolder(path);
        }

        public long FreeBytes(string path) => OsFiles.Instance.FreeBytes(path);

        public IDisposable? TryLock(string path) => OsFiles.Instance.TryLock(path);

        private void CheckHandles(string path)
        {
            if (Open >= MaxOpen)
            {
                throw new TooManyOpenFilesException($"{path}: too many open files");
            }
        }

        private void InterlockedMax(int open)
        {
            for (var most = _mostOpenLogs; open > most; most = _mostOpenLogs)
            {
                Interlocked.CompareExchange(ref _mostOpenLogs, open, most);
            }
        }

        private sealed class WatchedFile(WatchedFiles files, string path, IFile file) : IFile
        {
            private bool _unflushed;

            public long Length => file.Length;

            public int Read(Span<byte> destination, long position) => file.Read(destination, position);

            public void Write(ReadOnlySpan<byte> source, long position)
            {
                _unflushed = true;
                file.Write(source, position);
            }

            public void Write(IReadOnlyList<ReadOnlyMemory<byte>> sources, long position)
            {
                _unflushed = true;
                file.Write(sources, position);
            }

            public void Flush()
            {
                file.Flush();
                _unflushed = false;
            }

            public void Truncate(long length) => file.Truncate(length);

            public void Preallocate(long length) => file.Preallocate(length);

            public void Dispose()
            {
                file.Dispose();
                if (files._open.TryRemove(this, out _) && path.EndsWith(".log", StringComparison.Ordinal))
                {
                    Interlocked.Increment(ref files._closed);
                    if (_unflushed)
                    {
                        files.ClosedUnflushed.Add(path);
                    }
                }
            }
        }
    }
}
