using FlyMQ.Metadata;
using FlyMQ.Metadata.Commands;
using FlyMQ.Protocol;

namespace FlyMQ.Broker.Producers;

/// <summary>
/// Producer ids that no other producer of the cluster ever gets: from a block that the metadata quorum gave this node (KIP-730), and the next block when it is
/// used up. Safe to call from any thread.
/// </summary>
internal sealed class ProducerIds(IMetadataQuorum metadata, int nodeId, Func<Guid> newId)
{
    private readonly SemaphoreSlim _refill = new(1);
    private readonly Lock _lock = new();
    private long _next;
    private long _end;

    public async ValueTask<(ErrorCode Error, long ProducerId)> NextAsync(CancellationToken cancellation)
    {
        while (true)
        {
            if (TryTake() is { } id)
            {
                return (ErrorCode.None, id);
            }

            await _refill.WaitAsync(cancellation).ConfigureAwait(false);
            try
            {
                // Somebody else may have been here before.
                if (TryTake() is { } refilled)
                {
                    return (ErrorCode.None, refilled);
                }

                var epoch = metadata.Image.BrokerOrNull(nodeId)?.Epoch ?? -1;
                var result = await metadata.ProposeAsync(new AllocateProducerIds(newId(), nodeId, epoch), cancellation).ConfigureAwait(false);
                if (!result.IsOk)
                {
                    return (ErrorCode.CoordinatorLoadInProgress, -1);
                }

                lock (_lock)
                {
                    _next = result.Value;
                    _end = result.Value + AllocateProducerIds.BlockSize;
                }
            }
            finally
            {
                _refill.Release();
            }
        }
    }

    private long? TryTake()
    {
        lock (_lock)
        {
            return _next < _end ? _next++ : null;
        }
    }
}
