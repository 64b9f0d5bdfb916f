using Microsoft.Extensions.Logging;

namespace FlyMQ.Metadata.Raft;

internal sealed partial class MetadataEvents(ILogger logger)
{
    [LoggerMessage(4000, LogLevel.Information, "Metadata quorum started: node {Node} of {Voters}, {Topics} topics, {Commands} commands, in {ElapsedMs} ms")]
    private static partial void Started(ILogger logger, int node, string voters, int topics, long commands, long elapsedMs);

    [LoggerMessage(4001, LogLevel.Information, "Metadata leader is node {Leader} (term {Term})")]
    private static partial void LeaderElected(ILogger logger, int leader, long term);

    [LoggerMessage(4002, LogLevel.Warning, "Metadata quorum has no leader (term {Term})")]
    private static partial void LeaderLost(ILogger logger, long term);

    [LoggerMessage(4003, LogLevel.Information, "Metadata snapshot written: {Bytes} bytes, {Commands} commands")]
    private static partial void SnapshotWritten(ILogger logger, long bytes, long commands);

    [LoggerMessage(4004, LogLevel.Information, "Metadata snapshot loaded: {File}, {Bytes} bytes, {Commands} commands")]
    private static partial void SnapshotLoaded(ILogger logger, string file, long bytes, long commands);

    [LoggerMessage(4005, LogLevel.Critical, "The metadata log cannot go on: {Reason}")]
    private static partial void Failed(ILogger logger, string reason, Exception error);

    [LoggerMessage(4006, LogLevel.Warning, "Outcome of metadata command {Command} {Id} is unknown: {Reason}")]
    private static partial void OutcomeUnknown(ILogger logger, string command, Guid id, string reason);

    public void Started(int node, string voters, ClusterImage image, long elapsedMs) =>
        Started(logger, node, voters, image.Topics.Count, image.Version, elapsedMs);

    public void LeaderChanged(int? leader, long term)
    {
        if (leader is { } id)
        {
            LeaderElected(logger, id, term);
        }
        else
        {
            LeaderLost(logger, term);
        }
    }

    public void SnapshotWritten(long bytes, ClusterImage image) => SnapshotWritten(logger, bytes, image.Version);

    public void SnapshotLoaded(string file, long bytes, ClusterImage image) => SnapshotLoaded(logger, file, bytes, image.Version);

    public void Failed(string reason, Exception error) => Failed(logger, reason, error);

    public void OutcomeUnknown(string command, Guid id, string reason) => OutcomeUnknown(logger, command, id, reason);
}
