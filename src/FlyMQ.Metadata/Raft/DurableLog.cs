using DotNext.IO.Log;
using DotNext.Net.Cluster.Consensus.Raft;
using DotNext.Net.Cluster.Consensus.Raft.StateMachine;

namespace FlyMQ.Metadata.Raft;

/// <summary>
/// The library's log, with the flush it lacks. Stock 6.12.0 lets a follower acknowledge entries that are not on disk yet: after killing all
/// three nodes and restarting two, acknowledged commands were missing. The interface is implemented again here because that is the path the
/// followers take, and the member behind it is not virtual; so the package is pinned to one version, and
/// <c>KillAllTests</c> fails when an upgrade goes around this override.
/// </summary>
internal class DurableLog(WriteAheadLog.Options options, IStateMachine stateMachine) : WriteAheadLog(options, stateMachine), IPersistentState
{
    async ValueTask IAuditTrail<IRaftLogEntry>.AppendAsync<TEntry>(
        ILogEntryProducer<TEntry> entries, long startIndex, bool skipCommitted, CancellationToken token)
    {
        var any = entries.RemainingCount > 0;
        await AppendAsync(entries, startIndex, skipCommitted, token).ConfigureAwait(false);
        if (any)
        {
            await FlushAsync(token).ConfigureAwait(false);
        }
    }
}
