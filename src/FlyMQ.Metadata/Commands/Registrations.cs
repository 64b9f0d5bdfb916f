using FlyMQ.Protocol;

namespace FlyMQ.Metadata.Commands;

/// <summary>Is a broker who it says it is?</summary>
internal static class Registrations
{
    /// <summary>Null when the broker is registered under this epoch, else what to answer.</summary>
    public static CommandResult? Check(ClusterImage image, int brokerId, long brokerEpoch) => image.BrokerOrNull(brokerId) switch
    {
        null => new CommandResult(ErrorCode.BrokerIdNotRegistered, $"Broker {brokerId} is not registered."),
        { Epoch: var epoch } when epoch != brokerEpoch =>
            new CommandResult(ErrorCode.StaleBrokerEpoch, $"Broker {brokerId} has epoch {epoch}, not {brokerEpoch}."),
        _ => null,
    };
}
