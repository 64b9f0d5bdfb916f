using Microsoft.Extensions.Logging;

namespace FlyMQ.Server.Exporters.Otlp;

/// <summary>What passing clients' metrics on tells (ids 7450–7459).</summary>
internal sealed partial class ForwarderEvents(ILogger logger)
{
    [LoggerMessage(7450, LogLevel.Warning, "Clients' metrics are not taken by {Endpoint} (observability.clients.forward_endpoint): {Reason} They are dropped until they are.")]
    public partial void NotTaken(Uri endpoint, string reason);

    [LoggerMessage(7451, LogLevel.Information, "Clients' metrics are taken by {Endpoint} again.")]
    public partial void TakenAgain(Uri endpoint);
}
