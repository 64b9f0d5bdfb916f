using Microsoft.Extensions.Logging;

namespace FlyMQ.Server.Logging;

/// <summary>One line to be written: everything is text or immutable, so that it can be written later by another thread.</summary>
internal readonly record struct LogEntry(
    DateTimeOffset Time, LogLevel Level, string Category, EventId Event, string Message, IReadOnlyList<KeyValuePair<string, object?>> Fields, string? Error);
