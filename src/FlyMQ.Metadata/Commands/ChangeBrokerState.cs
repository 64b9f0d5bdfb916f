using FlyMQ.Metadata.Encoding;
using FlyMQ.Protocol;

namespace FlyMQ.Metadata.Commands;

/// <summary>Fences a broker, unfences it, or begins its controlled shutdown; its leaderships leave or return accordingly.</summary>
public sealed record ChangeBrokerState(Guid Id, int BrokerId, long BrokerEpoch, bool Fenced, bool InControlledShutdown) : MetadataCommand(Id)
{
    internal override CommandType Type => CommandType.ChangeBrokerState;

    internal override void Write(MetadataWriter writer)
    {
        writer.Int(BrokerId);
        writer.Int(BrokerEpoch);
        writer.Bool(Fenced);
        writer.Bool(InControlledShutdown);
    }

    internal static ChangeBrokerState Read(Guid id, ref MetadataReader reader) =>
        new(id, reader.Int32(), reader.Int(), reader.Bool(), reader.Bool());

    internal override CommandResult Apply(ImageEdit edit)
    {
        if (Registrations.Check(edit.Image, BrokerId, BrokerEpoch) is { } refusal)
        {
            return refusal;
        }

        var broker = edit.Image.Brokers[BrokerId];
        var changed = broker with { Fenced = Fenced, InControlledShutdown = InControlledShutdown };
        if (changed != broker)
        {
            edit.Put(changed);
            if (changed.IsActive)
            {
                Leaderships.Return(edit, BrokerId);
            }
            else
            {
                Leaderships.Leave(edit, BrokerId);
            }
        }

        return CommandResult.Ok;
    }
}
