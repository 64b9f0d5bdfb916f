using FlyMQ.Broker.Dispatch;
using FlyMQ.Storage;

namespace FlyMQ.Server.Health;

/// <summary>What the process tells of its life: written by the process, read by the monitor, from any thread.</summary>
internal sealed class BrokerWatch(TimeProvider time)
{
    private readonly AutoResetEvent _changed = new(initialState: false);
    private Life _life = new(HealthPhase.Starting);

    public RecoveryProgress Recovery { get; } = new(time);

    public Life Now => Volatile.Read(ref _life);

    /// <param name="look">Reads what the broker says of itself.</param>
    /// <param name="slowest">Its slowest requests; null when it does not tell.</param>
    /// <param name="giveBackMemory">Has it let go of what it only keeps.</param>
    public void Serving(Func<ServingFacts> look, Func<IReadOnlyList<SlowRequest>>? slowest = null, Action? giveBackMemory = null) =>
        Set(new Life(HealthPhase.Serving) { Look = look, Slowest = slowest, GiveBackMemory = giveBackMemory });

    /// <summary>From here on the broker is not looked at: it closes.</summary>
    public void Draining() => Set(new Life(HealthPhase.Draining));

    public void Failed(string reason) => Set(new Life(HealthPhase.Failed) { FailureReason = reason });

    /// <summary>Returns early when something has changed.</summary>
    public void Wait(int timeoutMs) => _changed.WaitOne(timeoutMs);

    public void Wake() => _changed.Set();

    private void Set(Life life)
    {
        Volatile.Write(ref _life, life);
        _changed.Set();
    }

    internal sealed record Life(HealthPhase Phase)
    {
        public string? FailureReason { get; init; }

        public Func<ServingFacts>? Look { get; init; }

        public Func<IReadOnlyList<SlowRequest>>? Slowest { get; init; }

        public Action? GiveBackMemory { get; init; }
    }
}
