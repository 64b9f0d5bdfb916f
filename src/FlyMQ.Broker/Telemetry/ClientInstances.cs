using System.Diagnostics.CodeAnalysis;

namespace FlyMQ.Broker.Telemetry;

/// <summary>
/// The clients that are remembered, the one heard from last at the end; bounded, and without those that have been silent for too long. Touched under the lock of
/// <see cref="ClientTelemetry"/> only.
/// </summary>
internal sealed class ClientInstances(int max, TimeProvider time)
{
    // The silent ones are looked for by whoever comes, but not each time.
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    private readonly Dictionary<Guid, LinkedListNode<ClientInstance>> _byId = [];
    private readonly LinkedList<ClientInstance> _byLastHeard = [];
    private long? _looked;

    public IReadOnlyCollection<ClientInstance> All => _byLastHeard;

    /// <summary>Series of all of them.</summary>
    public int SeriesCount { get; private set; }

    public bool TryFind(Guid id, [NotNullWhen(true)] out ClientInstance? instance)
    {
        instance = _byId.GetValueOrDefault(id)?.Value;
        return instance is not null;
    }

    /// <summary>The one with this id, which is made when it is not there.</summary>
    /// <returns>And whether another one had to go for it.</returns>
    public (ClientInstance Instance, bool Evicted) Hear(Guid id, Func<ClientIdentity> identity, TelemetrySubscriptions subscriptions, long now)
    {
        Expire(now);
        var evicted = false;
        if (_byId.TryGetValue(id, out var node))
        {
            _byLastHeard.Remove(node);
        }
        else
        {
            if (_byId.Count >= max)
            {
                Remove(_byLastHeard.First!);
                evicted = true;
            }

            node = new LinkedListNode<ClientInstance>(new ClientInstance(identity(), time));
            _byId.Add(id, node);
        }

        _byLastHeard.AddLast(node);
        Change(node.Value, instance => instance.Hear(subscriptions, now));
        return (node.Value, evicted);
    }

    /// <summary>For whatever changes how many series a client has.</summary>
    public void Change(ClientInstance instance, Action<ClientInstance> change)
    {
        SeriesCount -= instance.SeriesCount;
        change(instance);
        SeriesCount += instance.SeriesCount;
    }

    /// <summary>Forgets who has been silent for too long.</summary>
    public void Expire(long now)
    {
        if (_looked is { } looked && time.GetElapsedTime(looked, now) < LookEvery)
        {
            return;
        }

        _looked = now;
        for (var node = _byLastHeard.First; node is not null;)
        {
            var next = node.Next;
            if (node.Value.IsDead(now))
            {
                Remove(node);
            }

            node = next;
        }
    }

    private void Remove(LinkedListNode<ClientInstance> node)
    {
        SeriesCount -= node.Value.SeriesCount;
        _byLastHeard.Remove(node);
        _byId.Remove(node.Value.Identity.InstanceId);
    }
}
