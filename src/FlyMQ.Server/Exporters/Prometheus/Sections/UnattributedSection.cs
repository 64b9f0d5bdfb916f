using FlyMQ.Partitions;

namespace FlyMQ.Server.Exporters.Prometheus.Sections;

/// <summary>Why records that were fetched belong to no group.</summary>
internal sealed class UnattributedSection : IMetricsSection
{
    private static readonly MetricFamily Unattributed = new(
        "flymq_messages_unattributed_total", MetricType.Counter, "Messages consumed by nobody in particular, by why that is so", "topic", "reason");

    private static readonly (UnattributedReason Reason, string Label)[] Reasons =
    [
        (UnattributedReason.NoGroup, "no_group"),
        (UnattributedReason.OtherClient, "other_client"),
        (UnattributedReason.SeveralGroups, "several_groups"),
    ];

    public IReadOnlyList<MetricFamily> Families => [Unattributed];

    public ValueTask WriteAsync(ScrapeView scrape, IMetricSink page, CancellationToken cancellation) => new SparseSink(page).ByTopicAsync(
        Unattributed,
        scrape.Topics,
        static (p, f, traffic, name) =>
        {
            foreach (var (reason, label) in Reasons)
            {
                if (traffic.UnattributedRecords(reason) is > 0 and var records)
                {
                    p.Sample(f, records, name, label);
                }
            }
        },
        cancellation);
}
