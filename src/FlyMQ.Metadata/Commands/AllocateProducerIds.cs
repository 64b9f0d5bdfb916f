using FlyMQ.Metadata.Encoding;
using FlyMQ.Protocol;

namespace FlyMQ.Metadata.Commands;

/// <summary>
/// Gives a broker a block of producer ids, <see cref="BlockSize"/> from <see cref="CommandResult.Value"/> on, that nobody else will ever get.
/// </summary>
public sealed record AllocateProducerIds(Guid Id, int BrokerId, long BrokerEpoch) : MetadataCommand(Id)
{
    /// <summary>Ids per block, as in Kafka (KIP-730).</summary>
    public const int BlockSize = 1000;

    internal override CommandType Type => CommandType.AllocateProducerIds;

    internal override void Write(MetadataWriter writer)
    {
        writer.Int(BrokerId);
        writer.Int(BrokerEpoch);
        // The size travels with the command: another release may choose another one.
        writer.Int(BlockSize);
    }

    internal static AllocateProducerIds Read(Guid id, ref MetadataReader reader) => new(id, reader.Int32(), reader.Int()) { Count = reader.Int32() };

    private int Count { get; init; } = BlockSize;

    internal override CommandResult Apply(ImageEdit edit)
    {
        if (Registrations.Check(edit.Image, BrokerId, BrokerEpoch) is { } refusal)
        {
            return refusal;
        }

        var first = edit.Image.NextProducerId;
        edit.SetNextProducerId(checked(first + Count));
        return CommandResult.Ok with { Value = first };
    }
}
