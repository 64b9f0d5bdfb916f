namespace FlyMQ.Server.Health;

/// <summary>Where the process is in its life.</summary>
internal enum HealthPhase
{
    /// <summary>Up to the first answer to a client; recovery is part of it.</summary>
    Starting,

    Serving,

    /// <summary>A signal was taken: what is in flight is answered, nothing new is.</summary>
    Draining,

    /// <summary>The broker cannot go on and the process ends.</summary>
    Failed,
}
