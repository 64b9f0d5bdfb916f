using System.Collections.Immutable;
using System.Net;
using DotNext.Net.Cluster.Consensus.Raft;
using DotNext.Net.Cluster.Consensus.Raft.StateMachine;
using DotNext.Net.Security;
using FlyMQ.Metadata.Commands;
using FlyMQ.Protocol;
using Microsoft.Extensions.Logging;

namespace FlyMQ.Metadata.Raft;

/// <summary>
/// The metadata quorum over Raft. A single node is a quorum of one on the same path: its proposals are in the log on disk before they are
/// applied and answered.
/// </summary>
public sealed class RaftMetadataQuorum : IMetadataQuorum, IAsyncDisposable
{
    private readonly RaftOptions _options;
    private readonly TimeProvider _time;
    private readonly MetadataEvents _events;
    private readonly ImmutableDictionary<int, EndPoint> _voters;
    private readonly MetadataLog _state;
    private readonly WriteAheadLog _log;
    private readonly RaftCluster _cluster;
    private readonly SemaphoreSlim _places;
    private Task _watch = Task.CompletedTask;
    private long _elections;

    private RaftMetadataQuorum(RaftOptions options, TimeProvider time, MetadataEvents events, MetadataLog state, WriteAheadLog log, RaftCluster cluster)
    {
        _options = options;
        _time = time;
        _events = events;
        _voters = VotersOf(options);
        _state = state;
        _log = log;
        _cluster = cluster;
        _places = new SemaphoreSlim(options.MaxPendingProposals);
    }

    public int NodeId => _options.NodeId;

    public ClusterImage Image => _state.Image;

    public long Term => ((IPersistentState)_log).Term;

    public long CommitIndex => _log.LastCommittedEntryIndex;

    /// <summary>How far the log's own threads have come, read without a lock.</summary>
    public MetadataProgress Progress
    {
        get
        {
            // In this order, so that what was done between the reads is not taken for work that is left.
            var applied = _log.LastAppliedIndex;
            var committed = _log.LastCommittedEntryIndex;
            // With several voters an entry may rightly wait for the others; alone nothing does.
            return new MetadataProgress(_voters.Count == 1 ? Math.Max(committed, _log.LastEntryIndex) : committed, Math.Min(applied, committed));
        }
    }

    public int? LeaderId => IdOf(_cluster.Leader?.EndPoint);

    public long ElectionsTotal => Interlocked.Read(ref _elections);

    public ImmutableArray<QuorumVoter> Voters =>
        [.. _voters.Keys.Order().Select(id => new QuorumVoter(id, id == _options.NodeId ? _log.LastEntryIndex : -1))];

    /// <summary>
    /// Opens the log, joins the quorum and returns; with a single node its image is then complete and it leads. With several, wait with
    /// <see cref="ReadBarrierAsync"/>.
    /// </summary>
    /// <param name="fatal">Called when the log cannot go on (reason, error): the process must end, this node's image is no longer the cluster's.</param>
    public static Task<RaftMetadataQuorum> StartAsync(
        RaftOptions options, TimeProvider time, ILoggerFactory loggers, Action<string, Exception> fatal, CancellationToken cancellation = default) =>
        StartAsync(options, time, loggers, fatal, static (o, s) => new DurableLog(o, s), cancellation);

    /// <summary>The seam for the test that shows what the stock log loses.</summary>
    internal static async Task<RaftMetadataQuorum> StartAsync(
        RaftOptions options,
        TimeProvider time,
        ILoggerFactory loggers,
        Action<string, Exception> fatal,
        Func<WriteAheadLog.Options, IStateMachine, WriteAheadLog> openLog,
        CancellationToken cancellation)
    {
        options.Validate();
        var started = time.GetTimestamp();
        var events = new MetadataEvents(loggers.CreateLogger("FlyMQ.Metadata"));
        var state = new MetadataLog(options, Path.Combine(options.Folder, "snapshots"), events, fatal);
        // Before the log is built: it asks the state machine where its snapshot ends.
        await state.RestoreAsync(cancellation).ConfigureAwait(false);
        var log = openLog(LogOptions(options), state);
        var cluster = new RaftCluster(ClusterOptions(options, loggers)) { AuditTrail = (IPersistentState)log };
        var quorum = new RaftMetadataQuorum(options, time, events, state, log, cluster);
        cluster.LeaderChanged += quorum.OnLeaderChanged;
        await cluster.StartAsync(cancellation).ConfigureAwait(false);
        quorum._watch = quorum.WatchLogAsync();
        if (quorum._voters.Count == 1)
        {
            await quorum.ReadBarrierAsync(cancellation).ConfigureAwait(false);
        }

        events.Started(options.NodeId, string.Join(", ", quorum._voters.Keys.Order()), state.Image, (long)time.GetElapsedTime(started).TotalMilliseconds);
        return quorum;
    }

    public async ValueTask<CommandResult> ProposeAsync(MetadataCommand command, CancellationToken cancellation = default)
    {
        if (LeaderId != _options.NodeId)
        {
            return new CommandResult(ErrorCode.NotController, "Another node leads the metadata quorum, or none does.");
        }

        using var span = MetadataSpans.Start(command);
        if (span is { Recorded: true })
        {
            // Other nodes apply the command in this trace.
            command = command with { TraceParent = span.Id };
        }

        var proposal = new Proposal(command.Id);
        await _places.WaitAsync(cancellation).ConfigureAwait(false);
        var replicated = ReplicateAsync(command, proposal);
        var result = await replicated.WaitAsync(cancellation).ConfigureAwait(false);
        span?.Answered(result);
        return result;
    }

    // Runs to its end whoever still waits for it: cancellation abandons the wait, never the command.
    private async Task<CommandResult> ReplicateAsync(MetadataCommand command, Proposal proposal)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromMilliseconds(_options.ProposalTimeoutMs), _time);
        try
        {
            var entry = new BinaryLogEntry { Term = Term, Content = CommandCodec.Encode(command), Context = proposal };
            await _cluster.ReplicateAsync(entry, timeout.Token).ConfigureAwait(false);
            return await proposal.Result.WaitAsync(timeout.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (error is OperationCanceledException or NotLeaderException or ObjectDisposedException)
        {
            _events.OutcomeUnknown(command.Type.ToString(), command.Id, error.Message);
            return new CommandResult(ErrorCode.RequestTimedOut, "The metadata quorum did not answer in time; the command may still take effect.");
        }
        catch (Exception error) when (IsFaultOfTheLog(error))
        {
            _state.Fail("the log failed", error);
            return new CommandResult(ErrorCode.KafkaStorageError, "The metadata log failed.");
        }
        finally
        {
            _places.Release();
        }
    }

    public ValueTask ReadBarrierAsync(CancellationToken cancellation = default) =>
        _cluster.ApplyReadBarrierAsync(ReadBarrierType.Strong, cancellation);

    public IDisposable Subscribe(Action<ClusterChange> follower) => _state.Subscribe(follower);

    /// <summary>Leaves the quorum and closes the log; what is committed is on disk already.</summary>
    public async ValueTask DisposeAsync()
    {
        _cluster.LeaderChanged -= OnLeaderChanged;
        await _cluster.StopAsync(CancellationToken.None).ConfigureAwait(false);
        await _cluster.DisposeAsync().ConfigureAwait(false);
        await _log.DisposeAsync().ConfigureAwait(false);
        await _watch.ConfigureAwait(false);
        await _state.DisposeAsync().ConfigureAwait(false);
        _places.Dispose();
    }

    // A fault of the log is permanent and the library tells only those who ask, so one waiter always asks.
    private async Task WatchLogAsync()
    {
        try
        {
            while (true)
            {
                await _log.WaitForApplyAsync(CancellationToken.None).ConfigureAwait(false);
            }
        }
        catch (Exception error) when (error is ObjectDisposedException or OperationCanceledException)
        {
            // Closed.
        }
        catch (Exception error)
        {
            // Whatever it is: without this waiter nobody would be told of the next fault.
            _state.Fail("the log failed", error);
        }
    }

    // Who asks after the fault is told of it; who waited when it came is interrupted, and the fault is the reason of that.
    private static bool IsFaultOfTheLog(Exception? error) => error is WriteAheadLog.InternalException || (error is not null && IsFaultOfTheLog(error.InnerException));

    private void OnLeaderChanged(RaftCluster<RaftClusterMember> cluster, RaftClusterMember? leader)
    {
        if (leader is not null)
        {
            Interlocked.Increment(ref _elections);
        }

        _events.LeaderChanged(IdOf(leader?.EndPoint), Term);
    }

    private int? IdOf(EndPoint? address)
    {
        foreach (var (id, voter) in _voters)
        {
            if (voter.Equals(address))
            {
                return id;
            }
        }

        return null;
    }

    private static ImmutableDictionary<int, EndPoint> VotersOf(RaftOptions options) =>
        options.Voters.IsEmpty ? options.Voters.Add(options.NodeId, options.Listen) : options.Voters;

    private static WriteAheadLog.Options LogOptions(RaftOptions options) => new()
    {
        Location = Path.Combine(options.Folder, "log"),
        // The default, shared memory, dies by SIGBUS on a full disk and holds a mapping per 64 entries.
        MemoryManagement = WriteAheadLog.MemoryManagementStrategy.PrivateMemory,
        HashAlgorithm = WriteAheadLog.IntegrityHashAlgorithm.Crc32,
        ChunkSize = 1024 * 1024,
    };

    private static RaftCluster.TcpConfiguration ClusterOptions(RaftOptions options, ILoggerFactory loggers)
    {
        var voters = VotersOf(options);
        return new RaftCluster.TcpConfiguration(options.Listen)
        {
            ConfigurationStorage = new StaticVoters(voters.Values),
            PublicEndPoint = voters[options.NodeId],
            ColdStart = voters.Count == 1,
            LowerElectionTimeout = options.ElectionTimeoutMinMs,
            UpperElectionTimeout = options.ElectionTimeoutMaxMs,
            RequestTimeout = TimeSpan.FromMilliseconds(options.RequestTimeoutMs),
            ConnectTimeout = TimeSpan.FromMilliseconds(options.RequestTimeoutMs),
            HeartbeatThreshold = 0.3,
            AggressiveLeaderStickiness = true,
            // A stale lease was reported valid after SIGSTOP; reads take the barrier instead.
            IsLeaderLeaseEnabled = false,
            TransmissionBlockSize = 65_535,
            LoggerFactory = loggers,
            SslOptions = options.Tls is null ? null : new SslOptions { ServerOptions = options.Tls.Server, ClientOptions = options.Tls.Client },
        };
    }
}
