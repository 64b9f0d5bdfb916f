using Microsoft.Extensions.Logging;

namespace FlyMQ.Server.Health;

/// <summary>What the health endpoint tells (ids 7100–7199).</summary>
internal sealed partial class HealthEvents(ILogger logger)
{
    [LoggerMessage(7100, LogLevel.Information, "Health checks on {Addresses}")]
    private static partial void Listening(ILogger logger, string addresses);

    [LoggerMessage(7101, LogLevel.Warning, "The probe of {Path} failed: {Message}")]
    private static partial void ProbeFailed(ILogger logger, string path, string message);

    [LoggerMessage(7102, LogLevel.Warning, "Not {Check}: {Problem}")]
    private static partial void Not(ILogger logger, string check, string problem);

    [LoggerMessage(7103, LogLevel.Information, "{Check} again")]
    private static partial void Again(ILogger logger, string check);

    [LoggerMessage(7104, LogLevel.Error, "The health monitor could not look; it tries again")]
    private static partial void LookFailed(ILogger logger, Exception error);

    [LoggerMessage(7105, LogLevel.Warning, "The health endpoint cannot accept on {Address}: {Message}")]
    private static partial void CannotAccept(ILogger logger, string address, string message);

    [LoggerMessage(7106, LogLevel.Information, "Memory was high ({UsedMb} of {LimitMb} MiB); what nobody used was given back in {ElapsedMs} ms, and {LeftMb} MiB are resident")]
    private static partial void GaveBackMemory(ILogger logger, long usedMb, long limitMb, long leftMb, long elapsedMs);

    [LoggerMessage(7107, LogLevel.Error, "Memory could not be given back; it is tried again while it is high")]
    private static partial void ReliefFailed(ILogger logger, Exception error);

    [LoggerMessage(7108, LogLevel.Error, "A request to the health endpoint could not be answered")]
    private static partial void AnswerFailed(ILogger logger, Exception error);

    public void Listening(string addresses) => Listening(logger, addresses);

    public void ProbeFailed(string path, string message) => ProbeFailed(logger, path, message);

    public void Not(string check, Problem problem) => Not(logger, check, problem.Line);

    public void Again(string check) => Again(logger, check);

    public void LookFailed(Exception error) => LookFailed(logger, error);

    public void CannotAccept(string address, string message) => CannotAccept(logger, address, message);

    public void ReliefFailed(Exception error) => ReliefFailed(logger, error);

    public void AnswerFailed(Exception error) => AnswerFailed(logger, error);

    public void GaveBackMemory(long usedMb, long limitMb, long leftMb, long elapsedMs) => GaveBackMemory(logger, usedMb, limitMb, leftMb, elapsedMs);
}
