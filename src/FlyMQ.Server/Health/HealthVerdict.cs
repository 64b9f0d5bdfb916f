namespace FlyMQ.Server.Health;

/// <summary>What the three endpoints answer.</summary>
/// <param name="Live">Null for 200; else why a restart would help.</param>
/// <param name="Ready">Null for 200; else why clients should not be sent here.</param>
/// <param name="Body">The body of <c>/health</c>, which answers 503 when <see cref="HealthBody.IsHealthy"/> is false.</param>
internal sealed record HealthVerdict(Problem? Live, Problem? Ready, HealthBody Body);
