using System.Collections.Immutable;
using FlyMQ.Protocol;

namespace FlyMQ.Broker.Telemetry;

/// <summary>What is remembered of one client between its requests. Touched under the lock of <see cref="ClientTelemetry"/> only.</summary>
internal sealed class ClientInstance(ClientIdentity identity, TimeProvider time)
{
    /// <summary>The least time after which silence means that the client is gone, and how long the last numbers of one that ended can still be seen.</summary>
    private static readonly TimeSpan ShortestLife = TimeSpan.FromMinutes(1);

    private TelemetrySubscriptions? _subscriptions;
    private long? _asked;
    private long? _pushed;
    private bool _askedSincePush;
    private ErrorCode _lastError;
    private long _diesAt;

    public ClientIdentity Identity => identity;

    public WantedMetrics Wanted { get; private set; } = new([], WantedMetrics.DefaultIntervalMs);

    public int SubscriptionId { get; private set; }

    /// <summary>It has said that it ends.</summary>
    public bool IsTerminating { get; private set; }

    /// <summary>What it said last; never changed once it is here.</summary>
    public IReadOnlyDictionary<SeriesKey, double> Series { get; private set; } = ImmutableDictionary<SeriesKey, double>.Empty;

    public string GroupId { get; private set; } = "";

    /// <summary>How many series of a page it takes: its own, and the one that says who it is.</summary>
    public int SeriesCount => Series.Count == 0 ? 0 : Series.Count + 1;

    public bool IsDead(long now) => now >= _diesAt;

    /// <summary>It has been heard from: it lives on, and is asked for what the subscriptions now say.</summary>
    public void Hear(TelemetrySubscriptions subscriptions, long now)
    {
        if (!ReferenceEquals(subscriptions, _subscriptions))
        {
            _subscriptions = subscriptions;
            Resubscribe(subscriptions.WantedOf(identity));
        }

        if (!IsTerminating)
        {
            _diesAt = now + Ticks(Wanted.Interval * 3 > ShortestLife ? Wanted.Interval * 3 : ShortestLife);
        }
    }

    /// <summary>Whether it may ask what it is asked for: once an interval, and at once when it was told to ask again.</summary>
    public bool MayAsk(long now)
    {
        var wasToldTo = _lastError is ErrorCode.UnknownSubscriptionId or ErrorCode.UnsupportedCompressionType;
        if (!wasToldTo && (!HasPassed(_asked, now) || !HasPassed(_pushed, now)))
        {
            return false;
        }

        _asked = now;
        _askedSincePush = true;
        _lastError = ErrorCode.None;
        return true;
    }

    /// <summary>Whether it may push: once an interval, and for the first time after asking whenever it likes, for clients spread that over an interval and a half.</summary>
    public bool MayPush(long now)
    {
        if (!_askedSincePush && !HasPassed(_pushed, now))
        {
            return false;
        }

        _pushed = now;
        _askedSincePush = false;
        return true;
    }

    public void Pushed(ErrorCode outcome) => _lastError = outcome;

    /// <summary>This was its last push: it is not heard any more, and leaves when its numbers have been there long enough to be seen.</summary>
    public void Terminate(long now)
    {
        if (!IsTerminating)
        {
            IsTerminating = true;
            _diesAt = now + Ticks(ShortestLife);
        }
    }

    /// <param name="pushed">What it said.</param>
    /// <param name="room">How many series there may be of it.</param>
    /// <returns>How many there was no room for.</returns>
    public int Show(PushedMetrics pushed, int room)
    {
        var kept = Math.Min(pushed.Values.Count, Math.Max(0, room));
        var series = new Dictionary<SeriesKey, double>(kept);
        foreach (var (key, value) in pushed.Values.Take(kept))
        {
            series.Add(key, value.Value + (value.IsDelta ? Series.GetValueOrDefault(key) : 0));
        }

        Series = series;
        GroupId = pushed.GroupId;
        return pushed.Values.Count - kept;
    }

    private void Resubscribe(WantedMetrics wanted)
    {
        if (!wanted.Prefixes.SequenceEqual(Wanted.Prefixes))
        {
            // What nobody asks for any more would stand still.
            Series = ImmutableDictionary<SeriesKey, double>.Empty;
        }

        Wanted = wanted;
        SubscriptionId = wanted.SubscriptionIdOf(identity.InstanceId);
        (_asked, _pushed, _askedSincePush, _lastError) = (null, null, false, ErrorCode.None);
    }

    private bool HasPassed(long? since, long now) => since is not { } then || time.GetElapsedTime(then, now) >= Wanted.Interval;

    private long Ticks(TimeSpan span) => (long)(span.TotalSeconds * time.TimestampFrequency);
}
