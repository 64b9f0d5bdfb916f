using System.Collections.Immutable;
using FlyMQ.Metadata.Encoding;
using FlyMQ.Protocol;

namespace FlyMQ.Metadata.Commands;

/// <summary>
/// A broker process announces itself (KIP-631) and is given its epoch (<see cref="CommandResult.Value"/>). A new incarnation ends the
/// leaderships of the one before: what a broker had in memory died with it, so each of its partitions gets a new leader epoch.
/// </summary>
/// <param name="StartFenced">False where the process is ready at once, as a node that is its own quorum: its partitions then have it as leader again.</param>
public sealed record RegisterBroker(
    Guid Id,
    int BrokerId,
    Guid IncarnationId,
    ImmutableArray<BrokerEndpoint> Endpoints,
    string? Rack,
    bool StartFenced) : MetadataCommand(Id)
{
    internal override CommandType Type => CommandType.RegisterBroker;

    internal override void Write(MetadataWriter writer)
    {
        writer.Int(BrokerId);
        writer.Uuid(IncarnationId);
        writer.List(Endpoints, Structures.Endpoint);
        writer.Text(Rack);
        writer.Bool(StartFenced);
    }

    internal static RegisterBroker Read(Guid id, ref MetadataReader reader) =>
        new(id, reader.Int32(), reader.Uuid(), reader.List(Structures.ReadEndpoint), reader.TextOrNull(), reader.Bool());

    internal override CommandResult Apply(ImageEdit edit)
    {
        if (BrokerId < 0)
        {
            return new CommandResult(ErrorCode.InvalidRegistration, $"Broker id {BrokerId} is negative.");
        }

        var previous = edit.Image.BrokerOrNull(BrokerId);
        var sameLife = previous?.IncarnationId == IncarnationId;
        var epoch = sameLife ? previous!.Epoch : edit.Image.Version;
        if (previous is not null && !sameLife)
        {
            edit.Put(previous with { Fenced = true });
            Leaderships.Leave(edit, BrokerId);
        }

        edit.Put(new BrokerImage(BrokerId, epoch, IncarnationId, Endpoints, Rack, sameLife ? previous!.Fenced : StartFenced, InControlledShutdown: false));
        Leaderships.Return(edit, BrokerId);
        return CommandResult.Ok with { Value = epoch };
    }
}
