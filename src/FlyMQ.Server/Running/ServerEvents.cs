using Microsoft.Extensions.Logging;

namespace FlyMQ.Server.Running;

internal sealed partial class ServerEvents(ILogger logger)
{
    public ILogger Logger => logger;

    [LoggerMessage(7000, LogLevel.Information, "FlyMQ {Version} starts: node {Node}, process {Process}, data in {DataDir}, sync {Sync}")]
    private static partial void Starting(ILogger logger, string version, int node, int process, string dataDir, string sync);

    [LoggerMessage(7001, LogLevel.Information, "Ready after {ElapsedMs} ms: {Addresses}")]
    private static partial void Ready(ILogger logger, long elapsedMs, string addresses);

    [LoggerMessage(7002, LogLevel.Information, "{Signal}: answering the requests in flight and closing, within {TimeoutMs} ms; a second signal ends at once")]
    private static partial void Stopping(ILogger logger, string signal, int timeoutMs);

    [LoggerMessage(7003, LogLevel.Information, "Stopped cleanly after {ElapsedMs} ms")]
    private static partial void Stopped(ILogger logger, long elapsedMs);

    [LoggerMessage(7004, LogLevel.Error, "Not closed within {TimeoutMs} ms: ending as it is; the next start recovers")]
    private static partial void StoppedLate(ILogger logger, int timeoutMs);

    [LoggerMessage(7005, LogLevel.Critical, "The broker cannot go on and ends: {Reason}")]
    private static partial void Failed(ILogger logger, string reason);

    [LoggerMessage(7006, LogLevel.Critical, "The broker cannot start: {Reason}")]
    private static partial void CannotStart(ILogger logger, string reason, Exception? error);

    [LoggerMessage(7007, LogLevel.Information, "Up to {Limit} open files (were {Before})")]
    private static partial void FileHandles(ILogger logger, ulong limit, ulong before);

    [LoggerMessage(7008, LogLevel.Warning, "Only {Limit} open files are allowed (were {Before}); raise the hard limit (LimitNOFILE of systemd, ulimit -Hn) for more partitions and connections")]
    private static partial void FewFileHandles(ILogger logger, ulong limit, ulong before);

    [LoggerMessage(7009, LogLevel.Warning, "{Warning}")]
    private static partial void Configuration(ILogger logger, string warning);

    [LoggerMessage(7010, LogLevel.Warning, "The service manager was not told {State}: {Reason}")]
    private static partial void NotNotified(ILogger logger, string state, string reason);

    public void Starting(string version, int node, string dataDir, string sync) => Starting(logger, version, node, Environment.ProcessId, dataDir, sync);

    public void Ready(long elapsedMs, string addresses) => Ready(logger, elapsedMs, addresses);

    public void Stopping(string signal, int timeoutMs) => Stopping(logger, signal, timeoutMs);

    public void Stopped(long elapsedMs) => Stopped(logger, elapsedMs);

    public void StoppedLate(int timeoutMs) => StoppedLate(logger, timeoutMs);

    public void Failed(string reason) => Failed(logger, reason);

    /// <param name="error">Only what a person cannot mend is shown with its stack.</param>
    public void CannotStart(string reason, Exception? error) => CannotStart(logger, reason, error);

    public void FileHandles(ulong limit, ulong before) => FileHandles(logger, limit, before);

    public void FewFileHandles(ulong limit, ulong before) => FewFileHandles(logger, limit, before);

    public void Configuration(string warning) => Configuration(logger, warning);

    public void NotNotified(string state, string reason) => NotNotified(logger, state, reason);
}
