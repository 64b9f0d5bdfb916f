using System.Globalization;
using FlyMQ.Broker.Dispatch;
using FlyMQ.Metadata;

namespace FlyMQ.Broker.Telemetry;

/// <summary>Who a client is that tells its metrics, as it was when it was first heard of.</summary>
/// <param name="InstanceId">One life of one client (KIP-714).</param>
/// <param name="ClientId">What it calls itself; null when it does not.</param>
public sealed record ClientIdentity(Guid InstanceId, string? ClientId, string SoftwareName, string SoftwareVersion, string SourceAddress, int SourcePort)
{
    /// <summary>As clients and tools show it.</summary>
    public string InstanceIdText { get; } = KafkaUuid.ToText(InstanceId);

    internal static ClientIdentity Of(Guid instanceId, RequestContext context) => new(
        instanceId,
        context.ClientId is null ? null : LabelText.Bounded(context.ClientId),
        LabelText.Bounded(context.Client.SoftwareName),
        LabelText.Bounded(context.Client.SoftwareVersion),
        context.Client.Host[1..],
        context.Client.Remote.Port);

    /// <summary>What a subscription's patterns and the resource's attributes call by the same names.</summary>
    internal string? Attribute(string selector) => selector switch
    {
        "client_instance_id" => InstanceIdText,
        "client_id" => ClientId,
        "client_software_name" => SoftwareName,
        "client_software_version" => SoftwareVersion,
        "client_source_address" => SourceAddress,
        "client_source_port" => SourcePort.ToString(CultureInfo.InvariantCulture),
        _ => null,
    };
}
