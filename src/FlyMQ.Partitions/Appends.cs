using FlyMQ.Protocol;
using FlyMQ.Records;

namespace FlyMQ.Partitions;

public enum AppendOrigin
{
    Client,

    /// <summary>A coordinator of this node, on an internal topic.</summary>
    Coordinator,
}

/// <param name="RequiredAcks">0, 1, or −1 for all in-sync replicas.</param>
/// <param name="AllowZstd">False below Produce 7 (KIP-110).</param>
public readonly record struct AppendOptions(short RequiredAcks, bool AllowZstd = true, AppendOrigin Origin = AppendOrigin.Client);

/// <summary>What became of one batch.</summary>
/// <param name="BaseOffset">Of the batch, or of its first copy when it is a duplicate; −1 on an error.</param>
/// <param name="Required">Committed when the high watermark reaches this offset.</param>
/// <param name="LogAppendTimeMs">−1 with create times.</param>
/// <param name="RecordErrors">Which records were at fault (KIP-467); null when none was in particular.</param>
public readonly record struct AppendOutcome(
    ErrorCode Error, string? Message, Offset BaseOffset, Offset Required, long LogAppendTimeMs, Offset LogStartOffset, IReadOnlyList<RecordError>? RecordErrors);

/// <param name="Index">The record's place in its batch.</param>
public readonly record struct RecordError(int Index, string Message);
