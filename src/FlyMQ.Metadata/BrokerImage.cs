using System.Collections.Immutable;

namespace FlyMQ.Metadata;

/// <summary>A registered broker (KIP-631).</summary>
/// <param name="Epoch">Given by the state machine at registration; a request that names an older one is a request of an earlier life.</param>
/// <param name="IncarnationId">Drawn by the process at its start, so that a repeated registration of one life is recognised.</param>
/// <param name="Fenced">A fenced broker leads nothing and is not told to clients.</param>
public sealed record BrokerImage(
    int Id,
    long Epoch,
    Guid IncarnationId,
    ImmutableArray<BrokerEndpoint> Endpoints,
    string? Rack,
    bool Fenced,
    bool InControlledShutdown)
{
    /// <summary>May be given leadership and new replicas.</summary>
    public bool IsActive => !Fenced && !InControlledShutdown;

    public BrokerEndpoint? EndpointOf(string listener)
    {
        foreach (var endpoint in Endpoints)
        {
            if (string.Equals(endpoint.Listener, listener, StringComparison.OrdinalIgnoreCase))
            {
                return endpoint;
            }
        }

        return null;
    }
}
