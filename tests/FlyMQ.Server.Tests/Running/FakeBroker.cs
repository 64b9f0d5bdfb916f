using System.Net;
using FlyMQ.Broker.Dispatch;
using FlyMQ.Server.Health;
using FlyMQ.Server.Running;

namespace FlyMQ.Server.Tests.Running;

internal sealed class FakeBroker : IRunningBroker
{
    private readonly TaskCompletionSource<string> _failed = new();

    public IReadOnlyList<BoundListener> Listeners { get; } =
        [new("clients", [new IPEndPoint(IPAddress.Loopback, 19092), new IPEndPoint(IPAddress.IPv6Loopback, 19092)], new DnsEndPoint("localhost", 19092))];

    public Task<string> Failed => _failed.Task;

    public Func<CancellationToken, Task> OnStop { get; init; } = _ => Task.CompletedTask;

    public ServingFacts Facts { get; init; } = new() { LeaderId = 1, ConnectionLimit = 100 };

    public Action OnDispose { get; init; } = () => { };

    public int Stops { get; private set; }

    public bool Disposed { get; private set; }

    public void Fail(string reason) => _failed.TrySetResult(reason);

    public ServingFacts Look() => Facts;

    public void GiveBackMemory()
    {
    }

    public IReadOnlyList<SlowRequest> SlowestRequests() => [];

    public Task StopAsync(CancellationToken cancellation)
    {
        Stops++;
        return OnStop(cancellation);
    }

    public ValueTask DisposeAsync()
    {
        OnDispose();
        Disposed = true;
        return ValueTask.CompletedTask;
    }
}
