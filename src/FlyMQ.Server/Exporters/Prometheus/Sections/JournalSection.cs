using FlyMQ.Storage;

namespace FlyMQ.Server.Exporters.Prometheus.Sections;

/// <summary>The journal and what waits behind it: the flush queue, the tails that are not settled, the disk.</summary>
/// <param name="logs">The store.</param>
/// <param name="dataDir">Its folder, for the room there is.</param>
internal sealed class JournalSection(LogStore logs, string dataDir) : IMetricsSection
{
    private static readonly MetricFamily QueuedRecords = new(
        "flymq_storage_flush_queue_records", MetricType.Gauge, "Journal records in memory that wait to be written: appended batches, truncations, raised start offsets");
    private static readonly MetricFamily UnflushedBytes = new(
        "flymq_storage_unflushed_bytes", MetricType.Gauge, "Bytes of journal records that are not where storage.sync wants them");
    private static readonly MetricFamily UnflushedAge = new(
        "flymq_storage_unflushed_age_seconds", MetricType.Gauge, "How long the oldest of the unflushed journal records has waited, 0 when there are none");
    private static readonly MetricFamily JournalRecords = new("flymq_storage_journal_records_written_total", MetricType.Counter, "Records written to the journal");
    private static readonly MetricFamily JournalBytes = new("flymq_storage_journal_bytes_written_total", MetricType.Counter, "Bytes written to the journal, in whole pages");
    private static readonly MetricFamily JournalRounds = new(
        "flymq_storage_journal_rounds_total", MetricType.Counter, "Times that all journal records that had accumulated were written at once");
    private static readonly MetricFamily JournalSize = new("flymq_storage_journal_bytes", MetricType.Gauge, "Bytes of the journal that no checkpoint has made free yet");
    private static readonly MetricFamily JournalLimit = new("flymq_storage_journal_limit_bytes", MetricType.Gauge, "Bytes of journal near which a checkpoint makes files free");
    private static readonly MetricFamily SettledBytes = new("flymq_storage_settled_bytes_total", MetricType.Counter, "Bytes of batches moved into segments");
    private static readonly MetricFamily IndexBytes = new("flymq_storage_index_bytes_written_total", MetricType.Counter, "Bytes written to the indexes of segments");
    private static readonly MetricFamily UnsettledBytes = new("flymq_storage_unsettled_bytes", MetricType.Gauge, "Bytes of batches in memory that are in no segment yet");
    private static readonly MetricFamily TailMemory = new("flymq_storage_tail_memory_bytes", MetricType.Gauge, "Memory that batches lie in until they are in segments");
    private static readonly MetricFamily TailLimit = new("flymq_storage_tail_memory_limit_bytes", MetricType.Gauge, "Memory for batches that are not in segments past which producers wait");
    private static readonly MetricFamily RoomWaits = new("flymq_storage_tail_memory_waits_total", MetricType.Counter, "Produce requests that waited for memory for batches");
    private static readonly MetricFamily DiskFree = new("flymq_storage_disk_free_bytes", MetricType.Gauge, "Bytes that the broker may still write to the file system of its data folder");
    private static readonly MetricFamily DiskSize = new("flymq_storage_disk_bytes", MetricType.Gauge, "Size of the file system of the data folder");

    public IReadOnlyList<MetricFamily> Families =>
    [
        QueuedRecords, UnflushedBytes, UnflushedAge, JournalRecords, JournalBytes, JournalRounds, JournalSize, JournalLimit,
        SettledBytes, IndexBytes, UnsettledBytes, TailMemory, TailLimit, RoomWaits, DiskFree, DiskSize,
    ];

    public ValueTask WriteAsync(ScrapeView scrape, IMetricSink page, CancellationToken cancellation)
    {
        var journal = logs.JournalLoad;
        page.One(QueuedRecords, journal.QueuedRecords);
        page.One(UnflushedBytes, journal.UnflushedBytes);
        page.One(UnflushedAge, journal.OldestUnflushed.TotalSeconds);
        page.One(JournalRecords, journal.RecordsWritten);
        page.One(JournalBytes, journal.BytesWritten);
        page.One(JournalRounds, journal.Rounds);
        page.One(JournalSize, journal.FileBytes);
        page.One(JournalLimit, journal.FileBytesLimit);
        page.One(SettledBytes, logs.Metrics.SettledBytes);
        page.One(IndexBytes, logs.Metrics.IndexBytesWritten);
        var tail = logs.TailLoad;
        page.One(UnsettledBytes, tail.UnsettledBytes);
        page.One(TailMemory, tail.MemoryBytes);
        page.One(TailLimit, tail.MemoryLimitBytes);
        page.One(RoomWaits, logs.Metrics.RoomWaits);
        if (Disk() is var (free, size))
        {
            page.One(DiskFree, free);
            page.One(DiskSize, size);
        }

        return ValueTask.CompletedTask;
    }

    // A disk that cannot be asked must not take the page with it, which is looked at then more than ever.
    private (long Free, long Size)? Disk()
    {
        try
        {
            var disk = new DriveInfo(dataDir);
            return (disk.AvailableFreeSpace, disk.TotalSize);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
