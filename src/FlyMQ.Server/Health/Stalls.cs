namespace FlyMQ.Server.Health;

/// <summary>For how long each of these has had work and not moved, in milliseconds.</summary>
internal readonly record struct Stalls(long JournalMs, long SettlerMs, long MetadataMs);
