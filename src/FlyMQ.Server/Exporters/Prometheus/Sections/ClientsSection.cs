using FlyMQ.Broker;

namespace FlyMQ.Server.Exporters.Prometheus.Sections;

/// <summary>What is connected.</summary>
internal sealed class ClientsSection(KafkaBroker broker) : IMetricsSection
{
    /// <summary>A client calls itself what it likes: so many kinds are told apart, with names of that length.</summary>
    private const int MostKinds = 100, MostCharacters = 64;

    private const string Other = "<other>";

    private static readonly MetricFamily Connections =
        new("flymq_client_connections", MetricType.Gauge, "Open connections by what clients say they are", "software", "version");

    public IReadOnlyList<MetricFamily> Families => [Connections];

    public ValueTask WriteAsync(ScrapeView scrape, IMetricSink page, CancellationToken cancellation)
    {
        page.Begin(Connections);
        long kinds = 0, others = 0;
        foreach (var (name, version, connections) in broker.ClientSoftware)
        {
            if (kinds < MostKinds && name.Length <= MostCharacters && version.Length <= MostCharacters)
            {
                page.Sample(Connections, connections, name, version);
                kinds++;
            }
            else
            {
                others += connections;
            }
        }

        if (others > 0)
        {
            page.Sample(Connections, others, Other, Other);
        }

        return ValueTask.CompletedTask;
    }
}
