namespace FlyMQ.Server.Health;

/// <summary>The guide's three, then ours.</summary>
internal sealed record HealthChecks(
    StorageCheck Storage,
    ClusterCheck Cluster,
    MemoryCheck Memory,
    HealthCheck Process,
    RecoveryCheck Recovery,
    HealthCheck Journal,
    HealthCheck Settler,
    HealthCheck Metadata,
    LogsCheck Logs,
    ConnectionsCheck Connections,
    ThreadPoolCheck Threadpool);
