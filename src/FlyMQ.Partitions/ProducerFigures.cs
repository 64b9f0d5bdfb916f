using FlyMQ.Protocol;

namespace FlyMQ.Partitions;

/// <summary>How often idempotent producers sent what was there already, or what could not follow on it, to any partition of this node since the start. Any number of threads count.</summary>
public sealed class ProducerFigures
{
    private long _duplicates;
    private long _outOfOrder;
    private long _staleEpochs;

    /// <summary>Batches that were sent again and answered with where they are: not appended twice.</summary>
    public long Duplicates => Interlocked.Read(ref _duplicates);

    /// <summary>Batches whose sequence does not follow on the producer's last: OUT_OF_ORDER_SEQUENCE_NUMBER.</summary>
    public long OutOfOrder => Interlocked.Read(ref _outOfOrder);

    /// <summary>Batches of an epoch that a newer one of the same producer has fenced: INVALID_PRODUCER_EPOCH.</summary>
    public long StaleEpochs => Interlocked.Read(ref _staleEpochs);

    internal void Duplicate() => Interlocked.Increment(ref _duplicates);

    internal void Rejected(ErrorCode error)
    {
        if (error == ErrorCode.OutOfOrderSequenceNumber)
        {
            Interlocked.Increment(ref _outOfOrder);
        }
        else if (error == ErrorCode.InvalidProducerEpoch)
        {
            Interlocked.Increment(ref _staleEpochs);
        }
    }
}
