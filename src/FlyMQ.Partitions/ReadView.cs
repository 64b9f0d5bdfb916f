using FlyMQ.Records;

namespace FlyMQ.Partitions;

/// <summary>What readers may know of a partition at one moment. Immutable; a new one is published when something moves.</summary>
/// <param name="HighWatermark">Below it everything is committed, and with <c>storage.sync=commit</c> on disk.</param>
/// <param name="LastStableOffset">Below it no transaction is open (KIP-98); the high watermark while there are none.</param>
public sealed record ReadView(bool IsLeader, LeaderEpoch LeaderEpoch, Offset LogStartOffset, Offset HighWatermark, Offset LastStableOffset, Offset EndOffset);
