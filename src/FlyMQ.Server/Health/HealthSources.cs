using FlyMQ.Broker.Dispatch;

namespace FlyMQ.Server.Health;

/// <summary>What the endpoint tells. Called from its own threads; neither waits for anything.</summary>
/// <param name="Slowest">Null while there is no broker to ask.</param>
internal sealed record HealthSources(Func<HealthVerdict> Verdict, Func<IReadOnlyList<SlowRequest>?> Slowest);
