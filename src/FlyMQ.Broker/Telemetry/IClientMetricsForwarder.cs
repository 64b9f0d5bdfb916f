namespace FlyMQ.Broker.Telemetry;

/// <summary>Where clients' metrics go beside the page. Safe to call from any thread.</summary>
public interface IClientMetricsForwarder
{
    /// <summary>Takes one push, or counts that it could not. Never waits.</summary>
    /// <param name="metricsData">OTLP's <c>MetricsData</c>, which is also an export request, with who the client is in each resource. The receiver's to keep.</param>
    void Forward(ReadOnlyMemory<byte> metricsData);

    /// <summary>One was larger with the client's attributes than it may be.</summary>
    void TooLarge();
}
