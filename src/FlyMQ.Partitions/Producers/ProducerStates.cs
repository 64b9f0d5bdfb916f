using FlyMQ.Records;
using FlyMQ.Storage;

namespace FlyMQ.Partitions.Producers;

/// <summary>
/// The idempotent producers of a partition. Touched by the partition's writer only. They also form a list, silent longest first: expiry
/// looks at its beginning and never at all of them.
/// </summary>
internal sealed class ProducerStates(ProducerOptions options)
{
    private readonly Dictionary<long, ProducerState> _states = [];
    private readonly long _expirationMs = (long)options.Expiration.TotalMilliseconds;
    private ProducerState? _oldest;
    private ProducerState? _newest;

    public int Count => _states.Count;

    /// <summary>From a snapshot and every batch after it.</summary>
    public static ProducerStates Recover(ProducerOptions options, RecoveredProducers recovered, long nowMs)
    {
        var table = new ProducerStates(options);
        foreach (var entry in recovered.Snapshot.OrderBy(entry => entry.TimestampMs))
        {
            table.Append(ProducerState.From(entry));
        }

        table.Expire(nowMs);
        foreach (var batch in recovered.Batches)
        {
            // When it came is not in the log, only what the client says; remembering for too long is the safe mistake.
            table.Apply(batch, batch.BaseOffset, nowMs);
        }

        return table;
    }

    public ProducerVerdict Judge(in RecordBatchHeader batch, AppendOrigin origin, long nowMs)
    {
        Expire(nowMs);
        // Unknown producers may begin anywhere: their records may have been deleted by retention (KIP-360).
        if (!batch.HasProducerId || !_states.TryGetValue(batch.ProducerId, out var state))
        {
            return ProducerVerdict.Accept;
        }

        return origin == AppendOrigin.Client ? state.Judge(batch) : state.JudgeOwn(batch);
    }

    public void Apply(in RecordBatchHeader batch, Offset baseOffset, long nowMs)
    {
        if (!batch.HasProducerId)
        {
            return;
        }

        if (_states.TryGetValue(batch.ProducerId, out var state))
        {
            Unlink(state);
            Link(state);
        }
        else
        {
            state = new ProducerState(batch.ProducerId);
            Append(state);
        }

        state.Apply(batch, baseOffset, nowMs);
    }

    public void Expire(long nowMs)
    {
        while (_oldest is { } state && nowMs - state.LastAppendMs >= _expirationMs)
        {
            Forget(state);
        }
    }

    public IReadOnlyList<ProducerSnapshotEntry> Snapshot() => [.. _states.Values.Select(state => state.ToSnapshot())];

    public IReadOnlyList<ActiveProducer> Describe() => [.. _states.Values.Select(state => state.Describe())];

    private void Append(ProducerState state)
    {
        if (_states.Count >= options.MaxProducers && _oldest is { } oldest)
        {
            Forget(oldest);
        }

        _states[state.ProducerId] = state;
        Link(state);
    }

    private void Forget(ProducerState state)
    {
        _states.Remove(state.ProducerId);
        Unlink(state);
    }

    private void Link(ProducerState state)
    {
        state.Older = _newest;
        if (_newest is null)
        {
            _oldest = state;
        }
        else
        {
            _newest.Newer = state;
        }

        _newest = state;
    }

    private void Unlink(ProducerState state)
    {
        if (state.Older is { } older)
        {
            older.Newer = state.Newer;
        }
        else
        {
            _oldest = state.Newer;
        }

        if (state.Newer is { } newer)
        {
            newer.Older = state.Older;
        }
        else
        {
            _newest = state.Older;
        }

        state.Older = state.Newer = null;
    }
}
