using FlyMQ.Protocol;
using Microsoft.Extensions.Logging;

namespace FlyMQ.Broker.Telemetry;

/// <summary>What clients' metrics tell (ids 2200–2299). For looking into one client: how often it happens is counted.</summary>
internal sealed partial class TelemetryEvents(ILogger logger)
{
    [LoggerMessage(2200, LogLevel.Debug, "Metrics of the client {ClientId} ({ClientInstanceId}, {Address}) were refused: {Error}.")]
    public partial void Refused(string? clientId, string clientInstanceId, string address, ErrorCode error);
}
