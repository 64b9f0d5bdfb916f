using System.Net;
using Microsoft.Extensions.Logging;

namespace FlyMQ.Broker.Network;

/// <summary>What connections tell (ids 1000–1999).</summary>
internal sealed partial class NetworkEvents(ILogger logger)
{
    [LoggerMessage(1000, LogLevel.Debug, "Connection {ConnectionId} from {Remote} on {Listener}.")]
    public partial void Connected(long connectionId, IPEndPoint remote, string listener);

    [LoggerMessage(1001, LogLevel.Debug, "Connection {ConnectionId} from {Remote} ended.")]
    public partial void Disconnected(long connectionId, IPEndPoint remote);

    [LoggerMessage(1002, LogLevel.Warning, "Closing connection {ConnectionId} from {Remote} ({ClientId}): {Reason}")]
    public partial void Closing(long connectionId, IPEndPoint remote, string? clientId, string reason);

    [LoggerMessage(1003, LogLevel.Error, "Closing connection {ConnectionId} from {Remote} ({ClientId}): {Api} failed.")]
    public partial void RequestFailed(Exception exception, long connectionId, IPEndPoint remote, string? clientId, string api);

    [LoggerMessage(1004, LogLevel.Warning, "Refusing a connection from {Remote}: {Reason}")]
    public partial void Refused(IPEndPoint remote, string reason);

    [LoggerMessage(1005, LogLevel.Debug, "Closing connection {ConnectionId} from {Remote}: no request for {IdleMs} ms.")]
    public partial void Idle(long connectionId, IPEndPoint remote, long idleMs);
}
