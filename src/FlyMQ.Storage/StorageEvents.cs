using Microsoft.Extensions.Logging;

namespace FlyMQ.Storage;

/// <summary>What the storage tells, in one place (ids 3000–3999).</summary>
internal sealed partial class StorageEvents(ILogger logger)
{
    [LoggerMessage(3000, LogLevel.Critical, "{Reason}")]
    public partial void JournalFailed(Exception exception, string reason);

    [LoggerMessage(3001, LogLevel.Error, "Log {Topic}-{Partition} takes no more writes: {Reason}")]
    public partial void LogFenced(string topic, int partition, string reason);

    [LoggerMessage(3002, LogLevel.Information, "The last run did not end cleanly: replaying the journal over {Logs} logs.")]
    public partial void Recovering(int logs);

    [LoggerMessage(3003, LogLevel.Information, "Replayed {DoneMiB} of {TotalMiB} MiB of the journal.")]
    public partial void Replayed(long doneMiB, long totalMiB);

    [LoggerMessage(3004, LogLevel.Information, "Recovered {Logs} logs with {Records} journal records in {ElapsedMs} ms.")]
    public partial void Recovered(int logs, long records, long elapsedMs);

    [LoggerMessage(3005, LogLevel.Warning, "Less than {MinFreeBytes} bytes are free in {Folder}: produces are refused until there is room again (storage.min_free_bytes).")]
    public partial void StorageFull(long minFreeBytes, string folder);

    [LoggerMessage(3006, LogLevel.Information, "There is room again in {Folder}: produces are accepted.")]
    public partial void StorageHasRoom(string folder);

    [LoggerMessage(3013, LogLevel.Warning, "The journal cannot be written for now: what it holds is acknowledged when it can, and produces are refused until then. {Message}")]
    public partial void JournalLacksRoom(string message);

    [LoggerMessage(3016, LogLevel.Information, "The journal is written again, after {ElapsedMs} ms; produces are accepted.")]
    public partial void JournalHasRoom(long elapsedMs);

    [LoggerMessage(3007, LogLevel.Information, "Deleted segment {BaseOffset} of {Topic}-{Partition} ({Bytes} bytes): {Reason}.")]
    public partial void SegmentDeleted(string topic, int partition, long baseOffset, long bytes, string reason);

    [LoggerMessage(3008, LogLevel.Warning, "Segments cannot be written for now; their records stay in the journal and in memory, and it is tried again. {Message}")]
    public partial void SettlingStalled(string message);

    [LoggerMessage(3009, LogLevel.Critical, "{Reason}")]
    public partial void StoreFailed(Exception exception, string reason);

    [LoggerMessage(3010, LogLevel.Warning, "{Path} was not finished when its process ended and is removed: it holds no records.")]
    public partial void UnfinishedLogRemoved(string path);

    [LoggerMessage(3011, LogLevel.Warning, "Cannot delete {Path}: {Message}")]
    public partial void CannotDelete(string path, string message);

    [LoggerMessage(3012, LogLevel.Warning, "The index {Path} does not fit its segment and is built anew.")]
    public partial void IndexRebuilt(string path);

    [LoggerMessage(3014, LogLevel.Information, "Segments can be written again.")]
    public partial void SettlingGoesOn();

    [LoggerMessage(
        3015, LogLevel.Warning,
        "There are more log files in use than the {Limit} that may be open at a time, a share of the files that the process may open: they are closed and opened in turn, which is slower. Raise that limit (LimitNOFILE of systemd, ulimit -n).")]
    public partial void LogFilesShared(int limit);
}
