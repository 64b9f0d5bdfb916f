namespace FlyMQ.Metadata;

/// <summary>Where a broker can be reached: one per named listener, with the address that clients are told.</summary>
/// <param name="Listener">The listener's name, as in <c>advertised.listeners</c>.</param>
/// <param name="Security">Kafka's number: 0 PLAINTEXT, 1 SSL, 2 SASL_PLAINTEXT, 3 SASL_SSL.</param>
public sealed record BrokerEndpoint(string Listener, string Host, int Port, short Security);
