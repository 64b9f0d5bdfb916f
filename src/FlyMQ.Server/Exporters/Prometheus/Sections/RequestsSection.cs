using System.Globalization;
using FlyMQ.Broker;
using FlyMQ.Broker.Dispatch;
using FlyMQ.Protocol;

namespace FlyMQ.Server.Exporters.Prometheus.Sections;

/// <summary>Requests by API: how many, in which versions, with which errors, and where their time went.</summary>
internal sealed class RequestsSection(KafkaBroker broker) : IMetricsSection
{
    private static readonly MetricFamily Requests = new("flymq_requests_total", MetricType.Counter, "Requests by API and version", "api", "version");
    private static readonly MetricFamily Errors = new("flymq_request_errors_total", MetricType.Counter, "Errors in answers, by API and Kafka's name of the error", "api", "error");
    private static readonly MetricFamily Stages = new("flymq_request_stage_seconds", MetricType.Histogram, "Where the time of requests goes", "api", "stage");

    public IReadOnlyList<MetricFamily> Families => [Requests, Errors, Stages];

    public async ValueTask WriteAsync(ScrapeView scrape, IMetricSink page, CancellationToken cancellation)
    {
        page.Begin(Requests);
        foreach (var api in broker.Requests)
        {
            foreach (var (version, count) in api.Requests())
            {
                page.Sample(Requests, count, api.Api.Name, version.ToString(CultureInfo.InvariantCulture));
            }
        }

        page.Begin(Errors);
        foreach (var api in broker.Requests)
        {
            foreach (var (error, count) in api.ErrorsTold())
            {
                page.Sample(Errors, count, api.Api.Name, error.KafkaName());
            }
        }

        page.Begin(Stages);
        foreach (var api in broker.Requests)
        {
            foreach (var stage in Enum.GetValues<RequestStage>())
            {
                if (api.Stage(stage) is { } histogram)
                {
                    page.Sample(Stages, histogram, api.Api.Name, stage.Label());
                }
            }

            await page.FlushIfMuchAsync(cancellation).ConfigureAwait(false);
        }
    }
}
