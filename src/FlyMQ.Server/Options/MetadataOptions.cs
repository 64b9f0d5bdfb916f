using static FlyMQ.Server.Options.OptionTypes;

namespace FlyMQ.Server.Options;

/// <summary>This node's part in the metadata quorum.</summary>
public sealed record MetadataOptions
{
    public ListenAddress Listen { get; init; } = MetadataKeys.Listen.Default;

    public int ElectionTimeoutMinMs { get; init; } = MetadataKeys.ElectionTimeoutMinMs.Default;

    public int ElectionTimeoutMaxMs { get; init; } = MetadataKeys.ElectionTimeoutMaxMs.Default;

    public int RequestTimeoutMs { get; init; } = MetadataKeys.RequestTimeoutMs.Default;

    public int ProposalTimeoutMs { get; init; } = MetadataKeys.ProposalTimeoutMs.Default;

    public int SnapshotEveryCommands { get; init; } = MetadataKeys.SnapshotEveryCommands.Default;

    public long SnapshotEveryBytes { get; init; } = MetadataKeys.SnapshotEveryBytes.Default;

    internal static MetadataOptions From(OptionValues values) => new()
    {
        Listen = values.Get(MetadataKeys.Listen),
        ElectionTimeoutMinMs = values.Get(MetadataKeys.ElectionTimeoutMinMs),
        ElectionTimeoutMaxMs = values.Get(MetadataKeys.ElectionTimeoutMaxMs),
        RequestTimeoutMs = values.Get(MetadataKeys.RequestTimeoutMs),
        ProposalTimeoutMs = values.Get(MetadataKeys.ProposalTimeoutMs),
        SnapshotEveryCommands = values.Get(MetadataKeys.SnapshotEveryCommands),
        SnapshotEveryBytes = values.Get(MetadataKeys.SnapshotEveryBytes),
    };
}

internal static class MetadataKeys
{
    public static readonly OptionSection Section = new("metadata", "The quorum that holds topics, partitions and configurations (Raft).");

    public static readonly OptionKey<ListenAddress> Listen = Section.Key(
        "listen", OptionTypes.Listen, new ListenAddress("127.0.0.1", 9093),
        "Where the nodes of the quorum reach this one. Like a client listener it stays on loopback unless security.allow_plaintext_beyond_loopback is set.");

    public static readonly OptionKey<int> ElectionTimeoutMinMs = Section.Key(
        "election_timeout_min_ms", Whole(50, 60_000), 500, "A follower that hears nothing for a time between this and the maximum stands for election.");

    public static readonly OptionKey<int> ElectionTimeoutMaxMs = Section.Key(
        "election_timeout_max_ms", Whole(51, 120_000), 1000, "Must be more than the minimum.");

    public static readonly OptionKey<int> RequestTimeoutMs = Section.Key(
        "request_timeout_ms", Whole(1, 60_000), 400,
        "How long one node waits for another. At most the shortest election timeout, or a leader that hangs leaves the cluster without any.");

    public static readonly OptionKey<int> ProposalTimeoutMs = Section.Key(
        "proposal_timeout_ms", Whole(1), 10_000, "How long a change of metadata may take before its outcome is called unknown.");

    public static readonly OptionKey<int> SnapshotEveryCommands = Section.Key(
        "snapshot_every_commands", Whole(1), 10_000, "A snapshot is written after this many changes, or after snapshot_every_bytes.");

    public static readonly OptionKey<long> SnapshotEveryBytes = Section.Key(
        "snapshot_every_bytes", Long(1), 16L * 1024 * 1024, "A snapshot is written after this many bytes of changes, or after snapshot_every_commands.");
}
