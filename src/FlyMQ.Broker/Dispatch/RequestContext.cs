using FlyMQ.Broker.Network;

namespace FlyMQ.Broker.Dispatch;

/// <summary>What a handler may know about a request besides its fields.</summary>
/// <param name="Version">Of the API. A handler asks for it only where behaviour itself differs, and names the KIP.</param>
/// <param name="Aborted">Cancelled when the connection is gone: abandon the wait, never the write.</param>
public sealed record RequestContext(ClientInfo Client, short Version, string? ClientId, CancellationToken Aborted)
{
    private RequestLatency _latency;

    /// <summary>Which histograms hear how long the request took; a handler adds those of its topics before it answers.</summary>
    public ref RequestLatency Latency => ref _latency;
}
