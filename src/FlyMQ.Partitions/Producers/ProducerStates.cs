using FlyMQ.Records;
using FlyMQ.Storage;

namespace FlyMQ.Partitions.Producers;

/// <summary>The idempotent producers of one partition. Touched by the partition's writer only.</summary>
internal sealed class ProducerStates(ProducerOptions options)
{
    private readonly Dictionary<long, ProducerState> _producers = [];
    private long _lastExpiryMs;

    public IReadOnlyCollection<ProducerState> All => _producers.Values;

    // An unknown producer may begin anywhere: its state may have expired, or gone with retention (KIP-360).
    public ProducerVerdict Judge(in RecordBatchHeader batch)
        => _producers.TryGetValue(batch.ProducerId, out var state) ? state.Judge(batch) : ProducerVerdict.Accept;

    public void Apply(in RecordBatchHeader batch, Offset baseOffset, long seenMs)
    {
        if (!_producers.TryGetValue(batch.ProducerId, out var state))
        {
            state = new ProducerState(batch.ProducerId, batch.ProducerEpoch);
            _producers.Add(batch.ProducerId, state);
        }

        state.Apply(batch, baseOffset, seenMs);
    }

    public void Recover(RecoveredProducers recovered)
    {
        _producers.Clear();
        foreach (var entry in recovered.Snapshot)
        {
            _producers[entry.ProducerId] = ProducerState.Restore(entry);
        }

        foreach (var batch in recovered.Batches)
        {
            if (batch.HasProducerId && !batch.IsControl)
            {
                Apply(batch, batch.BaseOffset, batch.MaxTimestamp);
            }
        }
    }

    public void Expire(long nowMs)
    {
        var expirationMs = (long)options.Expiration.TotalMilliseconds;
        // Looked for a few times per expiration: the exact moment matters to nobody.
        if (nowMs - _lastExpiryMs < expirationMs / 10)
        {
            return;
        }

        _lastExpiryMs = nowMs;
        foreach (var (id, state) in _producers)
        {
            if (nowMs - state.LastSeenMs > expirationMs)
            {
                _producers.Remove(id);
            }
        }
    }

    public IReadOnlyList<ProducerSnapshotEntry> Snapshot() => _producers.Count == 0 ? [] : [.. _producers.Values.Select(p => p.Snapshot())];
}
