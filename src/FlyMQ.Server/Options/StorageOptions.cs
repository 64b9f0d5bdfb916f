using FlyMQ.Storage;
using static FlyMQ.Server.Options.OptionTypes;

namespace FlyMQ.Server.Options;

/// <summary>How records reach the disk.</summary>
public sealed record StorageOptions
{
    public SyncMode Sync { get; init; } = StorageKeys.Sync.Default;

    public int SyncIntervalMs { get; init; } = StorageKeys.SyncIntervalMs.Default;

    public long MinFreeBytes { get; init; } = StorageKeys.MinFreeBytes.Default;

    public long TailMemoryBytes { get; init; } = StorageKeys.TailMemoryBytes.Default;

    public int JournalFileBytes { get; init; } = StorageKeys.JournalFileBytes.Default;

    public long JournalBytes { get; init; } = StorageKeys.JournalBytes.Default;

    public long RetentionCheckIntervalMs { get; init; } = StorageKeys.RetentionCheckIntervalMs.Default;

    internal static StorageOptions From(OptionValues values) => new()
    {
        Sync = values.Get(StorageKeys.Sync),
        SyncIntervalMs = values.Get(StorageKeys.SyncIntervalMs),
        MinFreeBytes = values.Get(StorageKeys.MinFreeBytes),
        TailMemoryBytes = values.Get(StorageKeys.TailMemoryBytes),
        JournalFileBytes = values.Get(StorageKeys.JournalFileBytes),
        JournalBytes = values.Get(StorageKeys.JournalBytes),
        RetentionCheckIntervalMs = values.Get(StorageKeys.RetentionCheckIntervalMs),
    };
}

internal static class StorageKeys
{
    private const int Mebi = 1024 * 1024;

    public static readonly OptionSection Section = new("storage", "How records reach the disk.");

    public static readonly OptionKey<SyncMode> Sync = Section.Key(
        "sync", Choice(("commit", SyncMode.Commit), ("interval", SyncMode.Interval), ("none", SyncMode.None)), SyncMode.Commit,
        "When records are flushed to stable storage. commit: before a produce with acks=all is answered. interval: every sync_interval_ms, so that a "
        + "power failure may take what was acknowledged since. none: when the operating system likes.");

    public static readonly OptionKey<int> SyncIntervalMs = Section.Key(
        "sync_interval_ms", Whole(1, 3_600_000), 1000, "With sync=interval: how often records are flushed.");

    public static readonly OptionKey<long> MinFreeBytes = Section.Key(
        "min_free_bytes", Long(0), 512L * Mebi,
        "Produces are refused with KAFKA_STORAGE_ERROR while the disk has less free space than this; reads go on, and so do produces once there is room again.");

    public static readonly OptionKey<long> TailMemoryBytes = Section.Key(
        "tail_memory_bytes", Long(8L * Mebi), 128L * Mebi,
        "The most memory for records that are in the journal and not yet in their segments, over all partitions. Past it produces wait.");

    public static readonly OptionKey<int> JournalFileBytes = Section.Key(
        "journal_file_bytes", Whole(Mebi, 1024 * Mebi), 64 * Mebi, "The size of one file of the journal.");

    public static readonly OptionKey<long> JournalBytes = Section.Key(
        "journal_bytes", Long(2L * Mebi), 256L * Mebi, "The size of the journal at which segments are flushed so that its oldest file can be used again.");

    public static readonly OptionKey<long> RetentionCheckIntervalMs = Section.Key(
        "retention_check_interval_ms", Long(1), 300_000, "How often segments past their retention are looked for.", "log.retention.check.interval.ms");
}
