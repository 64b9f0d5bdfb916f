using System.Net;
using FlyMQ.Broker.Dispatch;
using FlyMQ.Server.Health;

namespace FlyMQ.Server.Running;

/// <summary>A broker that serves clients, as the process around it sees it.</summary>
public interface IRunningBroker : IAsyncDisposable
{
    /// <summary>Every listener with the ports it got, in the order of the configuration.</summary>
    IReadOnlyList<BoundListener> Listeners { get; }

    /// <summary>Completes, with the reason, when the broker cannot go on and the process must end. Never faults.</summary>
    Task<string> Failed { get; }

    /// <summary>How it is, for the health endpoint: read without waiting and without a lock of the message path, from any thread.</summary>
    ServingFacts Look();

    /// <summary>Lets go of memory that is only kept to be used again. From any thread, while it serves.</summary>
    void GiveBackMemory();

    /// <summary>The slowest requests of the last minutes, the slowest first; from any thread.</summary>
    IReadOnlyList<SlowRequest> SlowestRequests();

    /// <summary>
    /// Takes no more connections, answers the requests in flight, closes the logs and leaves the marker of a clean shutdown.
    /// Cancellation abandons the wait; the next start then recovers as after a crash.
    /// </summary>
    Task StopAsync(CancellationToken cancellation);
}

/// <summary>A listener in service.</summary>
/// <param name="Bound">Every socket's address.</param>
/// <param name="Advertised">What clients are told.</param>
public sealed record BoundListener(string Name, IReadOnlyList<IPEndPoint> Bound, DnsEndPoint Advertised);
