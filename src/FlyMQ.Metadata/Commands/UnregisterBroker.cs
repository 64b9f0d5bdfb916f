using FlyMQ.Metadata.Encoding;
using FlyMQ.Protocol;

namespace FlyMQ.Metadata.Commands;

/// <summary>Forgets a broker for good. Its replicas stay assigned to it, without leadership.</summary>
public sealed record UnregisterBroker(Guid Id, int BrokerId) : MetadataCommand(Id)
{
    internal override CommandType Type => CommandType.UnregisterBroker;

    internal override void Write(MetadataWriter writer) => writer.Int(BrokerId);

    internal static UnregisterBroker Read(Guid id, ref MetadataReader reader) => new(id, reader.Int32());

    internal override CommandResult Apply(ImageEdit edit)
    {
        if (edit.Image.BrokerOrNull(BrokerId) is null)
        {
            return new CommandResult(ErrorCode.BrokerIdNotRegistered, $"Broker {BrokerId} is not registered.");
        }

        edit.RemoveBroker(BrokerId);
        Leaderships.Leave(edit, BrokerId);
        return CommandResult.Ok;
    }
}
