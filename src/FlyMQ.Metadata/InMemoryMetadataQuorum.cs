using System.Collections.Immutable;
using FlyMQ.Metadata.Commands;

namespace FlyMQ.Metadata;

/// <summary>
/// A quorum of one without a log: the same state machine and the same encoding, nothing on disk. For tests and simulations. Followers are
/// called on the proposer's thread, before the proposal is answered.
/// </summary>
public sealed class InMemoryMetadataQuorum(int nodeId = 0) : IMetadataQuorum
{
    private readonly Lock _writer = new();
    private readonly List<Subscription> _subscriptions = [];
    private ClusterImage _image = ClusterImage.Empty;
    private long _index;

    public ClusterImage Image => Volatile.Read(ref _image);

    public long Term => 1;

    public long CommitIndex => Interlocked.Read(ref _index);

    public int? LeaderId => nodeId;

    public long ElectionsTotal => 1;

    public ImmutableArray<QuorumVoter> Voters => [new QuorumVoter(nodeId, CommitIndex)];

    public ValueTask<CommandResult> ProposeAsync(MetadataCommand command, CancellationToken cancellation = default)
    {
        lock (_writer)
        {
            // Through the encoding, as every real command goes.
            var (change, result) = MetadataStateMachine.Step(_image, CommandCodec.Decode(CommandCodec.Encode(command)));
            Volatile.Write(ref _image, change.After);
            Interlocked.Increment(ref _index);
            foreach (var subscription in _subscriptions.ToArray())
            {
                subscription.Follower(change);
            }

            return ValueTask.FromResult(result);
        }
    }

    public ValueTask ReadBarrierAsync(CancellationToken cancellation = default) => ValueTask.CompletedTask;

    public IDisposable Subscribe(Action<ClusterChange> follower)
    {
        var subscription = new Subscription(this, follower);
        lock (_writer)
        {
            _subscriptions.Add(subscription);
            follower(ClusterChange.FromEmpty(_image));
        }

        return subscription;
    }

    private sealed record Subscription(InMemoryMetadataQuorum Quorum, Action<ClusterChange> Follower) : IDisposable
    {
        public void Dispose()
        {
            lock (Quorum._writer)
            {
                Quorum._subscriptions.Remove(this);
            }
        }
    }
}
