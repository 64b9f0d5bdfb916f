using System.Buffers.Binary;

namespace FlyMQ.Records;

/// <summary>What the one record of a control batch says (KIP-98): key = version int16, type int16; value = version int16, coordinator epoch int32.</summary>
public static class ControlRecord
{
    /// <summary>A batch that ends a transaction of a producer.</summary>
    public static byte[] BuildEndTransactionMarker(ControlRecordType type, long timestampMs, long producerId, short producerEpoch, int coordinatorEpoch)
    {
        var key = new byte[4];
        BinaryPrimitives.WriteInt16BigEndian(key.AsSpan(2), (short)type);
        var value = new byte[6];
        BinaryPrimitives.WriteInt32BigEndian(value.AsSpan(2), coordinatorEpoch);
        using var builder = new RecordBatchBuilder
        {
            IsControl = true,
            IsTransactional = true,
            ProducerId = producerId,
            ProducerEpoch = producerEpoch,
        };
        return builder.Append(timestampMs, key, value).Build();
    }

    /// <summary>False when the bytes are not a control record of a version this code knows how to read.</summary>
    public static bool TryReadType(ReadOnlySpan<byte> key, out ControlRecordType type)
    {
        type = default;
        if (key.Length < 4 || BinaryPrimitives.ReadInt16BigEndian(key) < 0)
        {
            return false;
        }

        type = (ControlRecordType)BinaryPrimitives.ReadInt16BigEndian(key[2..]);
        return true;
    }

    /// <summary>The coordinator epoch of a commit or abort marker.</summary>
    public static bool TryReadCoordinatorEpoch(ReadOnlySpan<byte> value, out int coordinatorEpoch)
    {
        coordinatorEpoch = -1;
        return value.Length >= 6 && BinaryPrimitives.TryReadInt32BigEndian(value[2..], out coordinatorEpoch);
    }
}
