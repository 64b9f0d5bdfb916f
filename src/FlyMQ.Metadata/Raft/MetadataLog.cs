using System.Buffers;
using DotNext.IO;
using DotNext.Net.Cluster.Consensus.Raft.StateMachine;
using FlyMQ.Metadata.Commands;
using FlyMQ.Metadata.Encoding;
using LogEntry = DotNext.Net.Cluster.Consensus.Raft.StateMachine.LogEntry;

namespace FlyMQ.Metadata.Raft;

/// <summary>
/// Feeds the committed log to <see cref="MetadataStateMachine"/>. Called by the library's applier, one entry at a time and in order, which
/// makes it the only writer of the image. It must never throw: a fault is permanent, and the node would go on calling itself leader.
/// </summary>
internal sealed class MetadataLog : SimpleStateMachine
{
    private readonly RaftOptions _options;
    private readonly MetadataEvents _events;
    private readonly Action<string, Exception> _fatal;
    private readonly Followers _followers;
    private ClusterImage _image = ClusterImage.Empty;
    private long _commandsSinceSnapshot;
    private long _bytesSinceSnapshot;
    private bool _failed;

    public MetadataLog(RaftOptions options, string folder, MetadataEvents events, Action<string, Exception> fatal)
        : base(new DirectoryInfo(folder))
    {
        _options = options;
        _events = events;
        _fatal = fatal;
        _followers = new Followers(Fail);
    }

    public ClusterImage Image => Volatile.Read(ref _image);

    public IDisposable Subscribe(Action<ClusterChange> follower) => _followers.Add(follower);

    /// <summary>This node's image is no longer the cluster's: nothing more is applied, and the process is told to end, once.</summary>
    public void Fail(string reason, Exception error)
    {
        if (!Interlocked.Exchange(ref _failed, true))
        {
            _events.Failed(reason, error);
            _fatal(reason, error);
        }
    }

    protected override ValueTask<bool> ApplyAsync(LogEntry entry, CancellationToken token)
    {
        // Empty entries are the library's: a new leader commits one.
        if (Volatile.Read(ref _failed) || entry.IsConfiguration || !entry.TryGetPayload(out var payload) || payload.IsEmpty)
        {
            return ValueTask.FromResult(false);
        }

        try
        {
            Apply(payload, entry.Context as Proposal);
        }
        catch (Exception error)
        {
            Fail($"entry {entry.Index} cannot be applied", error);
            return ValueTask.FromResult(false);
        }

        _bytesSinceSnapshot += payload.Length;
        if (++_commandsSinceSnapshot < _options.SnapshotEveryCommands && _bytesSinceSnapshot < _options.SnapshotEveryBytes)
        {
            return ValueTask.FromResult(false);
        }

        _commandsSinceSnapshot = 0;
        _bytesSinceSnapshot = 0;
        return ValueTask.FromResult(true);
    }

    private void Apply(in ReadOnlySequence<byte> payload, Proposal? proposal)
    {
        var command = CommandCodec.Decode(payload);
        var (change, result) = MetadataStateMachine.Step(_image, command);
        Publish(change);
        if (proposal?.CommandId == command.Id)
        {
            proposal.Complete(result);
        }
    }

    private void Publish(ClusterChange change)
    {
        Volatile.Write(ref _image, change.After);
        _followers.Publish(change);
    }

    protected override async ValueTask PersistAsync(IAsyncBinaryWriter writer, CancellationToken token)
    {
        var image = _image;
        var bytes = ImageCodec.Encode(image);
        await writer.WriteAsync(bytes, lengthFormat: null, token).ConfigureAwait(false);
        _events.SnapshotWritten(bytes.Length, image);
    }

    protected override ValueTask RestoreAsync(FileInfo snapshotFile, CancellationToken token)
    {
#pragma warning disable RS0030 // The metadata folder is the library's own; its snapshots are read where it puts them.
        var bytes = File.ReadAllBytes(snapshotFile.FullName);
#pragma warning restore RS0030
        var image = ImageCodec.Decode(bytes);
        Publish(ClusterChange.Between(_image, image));
        _events.SnapshotLoaded(snapshotFile.Name, bytes.Length, image);
        return ValueTask.CompletedTask;
    }
}
