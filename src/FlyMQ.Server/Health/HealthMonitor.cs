using System.Diagnostics;
using FlyMQ.Server.Commands;

namespace FlyMQ.Server.Health;

/// <summary>Looks at the broker twice a second, on a thread of its own, and publishes what it saw. Nothing it reads takes a lock or waits.</summary>
internal sealed class HealthMonitor : IDisposable
{
    private readonly BrokerWatch _watch;
    private readonly StorageProbe _probe;
    private readonly HealthLimits _limits;
    private readonly HealthEvents _events;
    private readonly long _memoryLimitBytes;
    private readonly long _startedAt = Stopwatch.GetTimestamp();
    private readonly StallWatch _journal = new();
    private readonly StallWatch _settler = new();
    private readonly StallWatch _metadata = new();
    private readonly PoolProbe _pool = new();
    private readonly MemoryRelief _relief;
    private ServingFacts? _serving;
    private PublishedFacts _published;
    private bool _live = true;
    private bool _ready = true;
    private volatile bool _ended;

    /// <param name="memoryLimitBytes">0: as the control group has it.</param>
    public HealthMonitor(BrokerWatch watch, StorageProbe probe, HealthLimits limits, long memoryLimitBytes, HealthEvents events)
    {
        _watch = watch;
        _probe = probe;
        _limits = limits;
        _memoryLimitBytes = memoryLimitBytes;
        _events = events;
        _relief = new MemoryRelief(limits, events);
        _published = new PublishedFacts(Look(), Stopwatch.GetTimestamp());
        new Thread(Run) { Name = "flymq-health-monitor", IsBackground = true }.Start();
    }

    /// <summary>By the newest facts there are; what they are too old for is said too.</summary>
    public HealthVerdict Verdict
    {
        get
        {
            var published = Volatile.Read(ref _published);
            // Where the process is in its life is known at once, and must be told before the monitor has looked again.
            return HealthRules.Judge(WithLife(published.Facts, _watch.Now), published.AgeMs, _limits);
        }
    }

    private long NowMs => (long)Stopwatch.GetElapsedTime(_startedAt).TotalMilliseconds;

    public void Dispose()
    {
        _ended = true;
        _watch.Wake();
    }

    private void Run()
    {
        while (!_ended)
        {
            try
            {
                var facts = Look();
                Volatile.Write(ref _published, new PublishedFacts(facts, Stopwatch.GetTimestamp()));
                Tell(facts);
                _relief.Look(facts, _watch.Now.GiveBackMemory, NowMs);
            }
            catch (Exception error)
            {
                // Facts grow old, and the verdict says so.
                _events.LookFailed(error);
            }

            _watch.Wait(_limits.LookIntervalMs);
        }
    }

    private HealthFacts Look()
    {
        var life = _watch.Now;
        var nowMs = NowMs;
        _serving = life.Look?.Invoke() ?? _serving;
        var facts = new HealthFacts
        {
            Serving = _serving,
            Stalls = life.Look is null ? default : StallsOf(_serving!, nowMs),
            Pool = _pool.Look(nowMs),
            Probe = _probe.Facts,
            UsedMb = Environment.WorkingSet >> 20,
            LimitMb = (_memoryLimitBytes > 0 ? _memoryLimitBytes : MemoryLimit.Bytes(MemoryLimit.ReadFile)) >> 20,
            Uptime = Stopwatch.GetElapsedTime(_startedAt),
            Version = ProductVersion.Text,
        };
        return WithLife(facts, life);
    }

    private HealthFacts WithLife(HealthFacts facts, BrokerWatch.Life life) => facts with
    {
        Phase = life.Phase,
        FailureReason = life.FailureReason,
        Recovering = _watch.Recovery.HasBegun,
        RecoveryPercent = _watch.Recovery.Percent,
        RecoverySecondsLeft = _watch.Recovery.Left is { } left ? (long)Math.Ceiling(left.TotalSeconds) : null,
    };

    private Stalls StallsOf(ServingFacts facts, long nowMs) => new(
        _journal.Look(facts.Storage.Flushed, facts.Storage.Appended > facts.Storage.Flushed, nowMs),
        // It wakes by itself when there is nothing to do, so it always has a reason to move.
        _settler.Look(facts.Storage.SettlerSteps, hasWork: true, nowMs),
        _metadata.Look(facts.Metadata.Applied, facts.Metadata.Expected > facts.Metadata.Applied, nowMs));

    private void Tell(HealthFacts facts)
    {
        // Starting and stopping have lines of their own.
        if (facts.Phase != HealthPhase.Serving)
        {
            return;
        }

        var verdict = HealthRules.Judge(facts, 0, _limits);
        Tell("live", verdict.Live, ref _live);
        Tell("ready", verdict.Ready, ref _ready);
    }

    private void Tell(string check, Problem? problem, ref bool was)
    {
        if (problem is not null && was)
        {
            _events.Not(check, problem);
        }
        else if (problem is null && !was)
        {
            _events.Again(check);
        }

        was = problem is null;
    }
}
