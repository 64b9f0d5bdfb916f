using FlyMQ.Protocol;
using FlyMQ.Records;

namespace FlyMQ.Partitions.Leader;

/// <summary>
/// Somebody waiting for the high watermark. Its continuation runs on the thread pool, never on the thread that completes it. The
/// links are touched under the partition's lock only.
/// </summary>
internal sealed class AckWaiter(Offset required, long deadline) : TaskCompletionSource<ErrorCode>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    public Offset Required { get; } = required;

    /// <summary>In the ticks of the partition's <see cref="TimeProvider"/>.</summary>
    public long Deadline { get; } = deadline;

    public AckWaiter? Previous { get; set; }

    public AckWaiter? Next { get; set; }

    public bool IsQueued { get; set; }

    public CancellationTokenRegistration Abandonment { get; set; }
}
