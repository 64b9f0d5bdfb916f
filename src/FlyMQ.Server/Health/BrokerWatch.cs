using FlyMQ.Broker.Dispatch;
using FlyMQ.Storage;

namespace FlyMQ.Server.Health;

/// <summary>What the process tells of its life: written by the process, read by the monitor, from any thread.</summary>
internal sealed class BrokerWatch
{
    private readonly AutoResetEvent _changed = new(initialState: false);
    private Life _life = new(HealthPhase.Starting, null);

    public RecoveryProgress Recovery { get; } = new();

    public Life Now => Volatile.Read(ref _life);

    /// <param name="look">Reads what the broker says of itself.</param>
    /// <param name="slowest">Its slowest requests; null when it does not tell.</param>
    public void Serving(Func<ServingFacts> look, Func<IReadOnlyList<SlowRequest>>? slowest = null) => Set(new Life(HealthPhase.Serving, null, look, slowest));

    /// <summary>From here on the broker is not looked at: it closes.</summary>
    public void Draining() => Set(new Life(HealthPhase.Draining, null));

    public void Failed(string reason) => Set(new Life(HealthPhase.Failed, reason));

    /// <summary>Returns early when something has changed.</summary>
    public void Wait(int timeoutMs) => _changed.WaitOne(timeoutMs);

    public void Wake() => _changed.Set();

    private void Set(Life life)
    {
        Volatile.Write(ref _life, life);
        _changed.Set();
    }

    internal sealed record Life(HealthPhase Phase, string? FailureReason, Func<ServingFacts>? Look = null, Func<IReadOnlyList<SlowRequest>>? Slowest = null);
}
