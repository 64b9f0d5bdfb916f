namespace FlyMQ.Storage;

/// <summary>What a topic's configuration says to its logs. Times in milliseconds, sizes in bytes, −1 without limit.</summary>
public sealed record LogConfig
{
    public static readonly LogConfig Default = new();

    public int SegmentBytes { get; init; } = 1 << 30;

    public long SegmentMs { get; init; } = 7L * 24 * 60 * 60 * 1000;

    public long SegmentJitterMs { get; init; }

    public int SegmentIndexBytes { get; init; } = 10 * 1024 * 1024;

    public int IndexIntervalBytes { get; init; } = 4096;

    public long RetentionMs { get; init; } = 7L * 24 * 60 * 60 * 1000;

    public long RetentionBytes { get; init; } = -1;

    /// <summary>False: retention deletes nothing but what lies below the start offset (<c>cleanup.policy</c> without <c>delete</c>).</summary>
    public bool Delete { get; init; } = true;

    public long FileDeleteDelayMs { get; init; } = 60_000;

    public bool Preallocate { get; init; }

    /// <summary>Internal logs go on when clients' logs are refused for lack of room: the reserve is theirs.</summary>
    public bool MayUseReserve { get; init; }
}
