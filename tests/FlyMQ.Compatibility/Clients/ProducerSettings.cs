namespace FlyMQ.Compatibility.Clients;

/// <summary>What the scenarios vary on a producer.</summary>
internal sealed record ProducerSettings
{
    /// <summary>0, 1 or -1 for all.</summary>
    public int Acks { get; init; } = -1;

    public Codec Codec { get; init; } = Codec.None;

    public bool Idempotent { get; init; }

    /// <summary>The client's own limit for a request in bytes; null leaves the client's default.</summary>
    public int? MaxRequestBytes { get; init; }
}
