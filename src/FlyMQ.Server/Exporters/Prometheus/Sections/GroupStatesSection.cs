using FlyMQ.Broker;
using FlyMQ.Coordination;
using FlyMQ.Coordination.Groups;

namespace FlyMQ.Server.Exporters.Prometheus.Sections;

/// <summary>How consumer groups fare: their states, rebalances and commits.</summary>
internal sealed class GroupStatesSection(TimeProvider time) : IMetricsSection
{
    private static readonly MetricFamily
        State = new("flymq_consumer_group_state", MetricType.Gauge, "1 for the state the group is in", "group", "state"),
        Uncommitted = new(
            "flymq_consumer_group_uncommitted_partitions", MetricType.Gauge, "Partitions that are assigned to members and that the group has no committed offset of", "group"),
        LastCommitAge = new("flymq_consumer_group_last_commit_age_seconds", MetricType.Gauge, "Time since the group committed an offset", "group"),
        RebalanceDuration = new("flymq_consumer_group_rebalance_duration_seconds", MetricType.Gauge, "How long the last completed rebalance took", "group"),
        RebalanceTime = new("flymq_consumer_group_rebalance_seconds_total", MetricType.Counter, "Time that completed rebalances took", "group"),
        RebalanceReasons = new("flymq_consumer_group_rebalance_reasons_total", MetricType.Counter, "Rebalances that were begun, by what made the group begin", "group", "reason"),
        RolledUp = new("flymq_metrics_rolled_up_groups", MetricType.Gauge, "Consumer groups that are counted together as the group <other>");

    // A group that is dead is gone.
    private static readonly (GroupState State, string Label)[] States =
        [.. Enum.GetValues<GroupState>().Where(s => s != GroupState.Dead).Select(s => (s, s.ToString()))];

    private static readonly (RebalanceReason Reason, string Label)[] Reasons =
    [
        (RebalanceReason.Join, "join"),
        (RebalanceReason.Leave, "leave"),
        (RebalanceReason.HeartbeatExpired, "heartbeat_expired"),
        (RebalanceReason.SyncExpired, "sync_expired"),
        (RebalanceReason.MetadataChanged, "metadata_changed"),
        (RebalanceReason.LeaderRejoined, "leader_rejoined"),
        (RebalanceReason.StaticMemberChanged, "static_member_changed"),
    ];

    public IReadOnlyList<MetricFamily> Families => [State, Uncommitted, LastCommitAge, RebalanceDuration, RebalanceTime, RebalanceReasons, RolledUp];

    public async ValueTask WriteAsync(ScrapeView scrape, IMetricSink page, CancellationToken cancellation)
    {
        page = new SparseSink(page);
        await WriteStatesAsync(scrape, page, cancellation).ConfigureAwait(false);
        await WriteUncommittedAsync(scrape, page, cancellation).ConfigureAwait(false);
        var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        await page.ByGroupAsync(LastCommitAge, scrape, g => g.LastCommitMs is { } at ? Math.Max(0, nowMs - at) / 1000.0 : null, static _ => null, cancellation).ConfigureAwait(false);
        await page.ByGroupAsync(RebalanceDuration, scrape, static g => g.LastRebalanceMs / 1000.0, static _ => null, cancellation).ConfigureAwait(false);
        await page.ByGroupAsync(
            RebalanceTime, scrape, static g => g.Counters.RebalanceMs / 1000.0, static s => s.OtherGroups.RebalanceMs / 1000.0, cancellation).ConfigureAwait(false);
        await WriteReasonsAsync(scrape, page, cancellation).ConfigureAwait(false);
        page.One(RolledUp, scrape.RolledUpGroups.Count());
    }

    private static async ValueTask WriteStatesAsync(ScrapeView scrape, IMetricSink page, CancellationToken cancellation)
    {
        page.Begin(State);
        foreach (var group in scrape.OwnGroups)
        {
            foreach (var (state, label) in States)
            {
                page.Sample(State, group.State == state ? 1 : 0, group.GroupId, label);
            }

            await page.FlushIfMuchAsync(cancellation).ConfigureAwait(false);
        }

        if (scrape.RolledUpGroups.Any())
        {
            foreach (var (state, label) in States)
            {
                page.Sample(State, scrape.RolledUpGroups.Count(g => g.State == state), GroupLabels.Other, label);
            }
        }
    }

    private static async ValueTask WriteUncommittedAsync(ScrapeView scrape, IMetricSink page, CancellationToken cancellation)
    {
        page.Begin(Uncommitted);
        long? rolledUp = null;
        foreach (var (group, _, uncommitted) in scrape.Lags.Groups)
        {
            if (scrape.IsRolledUp(group))
            {
                rolledUp = (rolledUp ?? 0) + uncommitted;
                continue;
            }

            page.Sample(Uncommitted, uncommitted, group.GroupId);
            await page.FlushIfMuchAsync(cancellation).ConfigureAwait(false);
        }

        if (rolledUp is { } sum)
        {
            page.Sample(Uncommitted, sum, GroupLabels.Other);
        }
    }

    private static async ValueTask WriteReasonsAsync(ScrapeView scrape, IMetricSink page, CancellationToken cancellation)
    {
        void All(GroupCounters counters, string group)
        {
            foreach (var (reason, label) in Reasons)
            {
                if (counters.Begun(reason) is > 0 and var begun)
                {
                    page.Sample(RebalanceReasons, begun, group, label);
                }
            }
        }

        page.Begin(RebalanceReasons);
        foreach (var group in scrape.OwnGroups)
        {
            All(group.Counters, group.GroupId);
            await page.FlushIfMuchAsync(cancellation).ConfigureAwait(false);
        }

        if (scrape.RolledUpGroups.Any())
        {
            All(scrape.OtherGroups, GroupLabels.Other);
        }
    }
}
