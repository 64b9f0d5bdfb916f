namespace FlyMQ.Broker.Telemetry;

/// <summary>One client and what it told of itself last.</summary>
/// <param name="GroupId">The group it says it is a member of; empty for none.</param>
/// <param name="IsTerminating">It has ended, and is shown for a while yet.</param>
public sealed record ClientFigures(ClientIdentity Identity, string GroupId, bool IsTerminating, IReadOnlyDictionary<SeriesKey, double> Series);
