using FlyMQ.Protocol.Messages.Groups;

namespace FlyMQ.Coordination.Groups;

/// <summary>A member of a classic group. What it waits for and its deadlines are soft: they are lost with the shard, and the client asks again.</summary>
internal sealed class Member
{
    public required string Id { get; init; }

    public string? InstanceId { get; init; }

    public required string ClientId { get; init; }

    public required string ClientHost { get; init; }

    public int RebalanceTimeoutMs { get; set; }

    public int SessionTimeoutMs { get; set; }

    /// <summary>In the order of the member's preference.</summary>
    public IReadOnlyList<(string Name, byte[] Metadata)> Protocols { get; set; } = [];

    public byte[] Assignment { get; set; } = [];

    /// <summary>Has not seen the end of its first rebalance yet.</summary>
    public bool IsNew { get; set; }

    public Action<JoinGroupResponse>? AwaitingJoin { get; set; }

    public Action<SyncGroupResponse>? AwaitingSync { get; set; }

    public long DeadlineMs { get; set; }

    public bool IsStatic => InstanceId is not null;

    /// <summary>A member that waits for the group is not expected to send heartbeats.</summary>
    public bool IsAlive(long nowMs) => nowMs < DeadlineMs || (!IsNew && (AwaitingJoin is not null || AwaitingSync is not null));

    public void Seen(long nowMs) => DeadlineMs = nowMs + SessionTimeoutMs;

    public bool Supports(string protocol) => Protocols.Any(p => p.Name == protocol);

    public byte[] MetadataFor(string? protocol)
    {
        foreach (var (name, metadata) in Protocols)
        {
            if (name == protocol)
            {
                return metadata;
            }
        }

        return [];
    }

    public bool Matches(IReadOnlyList<(string Name, byte[] Metadata)> protocols)
    {
        if (protocols.Count != Protocols.Count)
        {
            return false;
        }

        for (var i = 0; i < protocols.Count; i++)
        {
            if (protocols[i].Name != Protocols[i].Name || !protocols[i].Metadata.AsSpan().SequenceEqual(Protocols[i].Metadata))
            {
                return false;
            }
        }

        return true;
    }
}
