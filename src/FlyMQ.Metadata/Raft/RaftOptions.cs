using System.Collections.Immutable;
using System.Net;

namespace FlyMQ.Metadata.Raft;

/// <summary>How this node takes part in the metadata quorum. The timeouts are measured: docs/internals/metadata.md.</summary>
public sealed record RaftOptions
{
    public required int NodeId { get; init; }

    /// <summary>Holds the library's own files: the log in <c>log/</c>, snapshots in <c>snapshots/</c>.</summary>
    public required string Folder { get; init; }

    /// <summary>Where this node listens. Without <see cref="Tls"/> anyone who reaches it can append to the log: loopback, or a trusted network.</summary>
    public required IPEndPoint Listen { get; init; }

    /// <summary>Every voter's address as the others reach it, this node's included. Empty: this node alone, by <see cref="Listen"/>.</summary>
    public ImmutableDictionary<int, EndPoint> Voters { get; init; } = ImmutableDictionary<int, EndPoint>.Empty;

    /// <summary>Mutual TLS between the nodes; null for none.</summary>
    public RaftTls? Tls { get; init; }

    /// <summary>A follower that hears nothing for a time between this and <see cref="ElectionTimeoutMaxMs"/> stands for election.</summary>
    public int ElectionTimeoutMinMs { get; init; } = 500;

    public int ElectionTimeoutMaxMs { get; init; } = 1000;

    /// <summary>At most <see cref="ElectionTimeoutMinMs"/>: with a longer one a leader that hangs leaves the cluster without any.</summary>
    public int RequestTimeoutMs { get; init; } = 400;

    /// <summary>A snapshot is written after this many commands…</summary>
    public int SnapshotEveryCommands { get; init; } = 10_000;

    /// <summary>…or this many bytes of commands, whichever is first.</summary>
    public long SnapshotEveryBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>Proposals of this node that may wait for their commit at one time; further ones wait for a place.</summary>
    public int MaxPendingProposals { get; init; } = 1024;

    /// <summary>How long a proposal may take before its outcome is called unknown.</summary>
    public int ProposalTimeoutMs { get; init; } = 10_000;

    /// <exception cref="ArgumentException">Names the value and the accepted range.</exception>
    public void Validate()
    {
        Require(NodeId >= 0, nameof(NodeId), NodeId, "0 or more");
        Require(ElectionTimeoutMinMs is >= 50 and <= 60_000, nameof(ElectionTimeoutMinMs), ElectionTimeoutMinMs, "50 to 60000");
        Require(ElectionTimeoutMaxMs > ElectionTimeoutMinMs, nameof(ElectionTimeoutMaxMs), ElectionTimeoutMaxMs, $"more than {ElectionTimeoutMinMs}");
        Require(
            RequestTimeoutMs > 0 && RequestTimeoutMs <= ElectionTimeoutMinMs, nameof(RequestTimeoutMs), RequestTimeoutMs, $"1 to {ElectionTimeoutMinMs}");
        Require(Voters.IsEmpty || Voters.ContainsKey(NodeId), nameof(Voters), string.Join(", ", Voters.Keys), $"a set with {NodeId} in it");
        Require(SnapshotEveryCommands > 0, nameof(SnapshotEveryCommands), SnapshotEveryCommands, "1 or more");
        Require(SnapshotEveryBytes > 0, nameof(SnapshotEveryBytes), SnapshotEveryBytes, "1 or more");
        Require(MaxPendingProposals > 0, nameof(MaxPendingProposals), MaxPendingProposals, "1 or more");
        Require(ProposalTimeoutMs > 0, nameof(ProposalTimeoutMs), ProposalTimeoutMs, "1 or more");
    }

    private static void Require(bool holds, string name, object value, string range)
    {
        if (!holds)
        {
            throw new ArgumentException($"{name} is {value}; accepted: {range}.", name);
        }
    }
}
