using System.Collections.Immutable;
using FlyMQ.Metadata.Commands;

namespace FlyMQ.Metadata;

/// <summary>
/// The metadata of the cluster: propose a command, read the image, follow its changes. One node is a quorum of one through the same
/// members. All members are safe to call from any thread.
/// </summary>
public interface IMetadataQuorum
{
    /// <summary>The newest image this node has applied.</summary>
    ClusterImage Image { get; }

    /// <summary>The Raft term. Stays the same over restarts of a single node: no epoch may be derived from it.</summary>
    long Term { get; }

    /// <summary>The last committed index of the metadata log.</summary>
    long CommitIndex { get; }

    /// <summary>The leading node (the controller) as far as this node knows; null while there is none.</summary>
    int? LeaderId { get; }

    /// <summary>Leaders seen by this node since it started.</summary>
    long ElectionsTotal { get; }

    ImmutableArray<QuorumVoter> Voters { get; }

    /// <summary>
    /// Commits a command and answers with what the state machine made of it, once this node's <see cref="Image"/> shows it.
    /// Cancellation abandons the wait, never the command.
    /// </summary>
    ValueTask<CommandResult> ProposeAsync(MetadataCommand command, CancellationToken cancellation = default);

    /// <summary>Returns when <see cref="Image"/> shows everything that was committed anywhere before the call.</summary>
    ValueTask ReadBarrierAsync(CancellationToken cancellation = default);

    /// <summary>
    /// Calls <paramref name="follower"/> with every change, in order and one at a time, beginning with everything there is now (from
    /// <see cref="ClusterImage.Empty"/>). Changes that happen while it runs are given to it as one. A follower that throws ends the
    /// process: its view would no longer be the cluster's.
    /// </summary>
    IDisposable Subscribe(Action<ClusterChange> follower);
}
