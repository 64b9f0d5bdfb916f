using System.Buffers;
using System.Collections.Concurrent;
using System.Threading.Channels;
using FlyMQ.Server.Options;
using Microsoft.Extensions.Logging;

namespace FlyMQ.Server.Logging;

/// <summary>
/// The process's log. Writing an entry puts it into a bounded queue and returns; a thread of its own writes to the stream. While the stream
/// takes nothing (a full pipe, a slow terminal) entries are dropped and counted, never waited for: no request waits for a log line.
/// </summary>
internal sealed class BrokerLogs : ILoggerFactory
{
    /// <summary>Entries that may wait to be written.</summary>
    public const int QueueLength = 4096;

    private const int WriteAtBytes = 64 * 1024;
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<string, ILogger> _loggers = new(StringComparer.Ordinal);
    private readonly Channel<LogEntry> _queue = Channel.CreateBounded<LogEntry>(
        new BoundedChannelOptions(QueueLength) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private readonly Stream _output;
    private readonly LogFormatter _formatter;
    private readonly LogLevel _level;
    private readonly TimeProvider _time;
    private readonly Thread _writer;
    private long _dropped;

    public BrokerLogs(Stream output, LoggingOptions options, bool terminal, TimeProvider time)
    {
        _output = output;
        _formatter = options.Format == LogFormat.Json ? new JsonLogFormatter() : new TextLogFormatter(terminal);
        _level = options.Level;
        _time = time;
        _writer = new Thread(WriteAll) { Name = "log", IsBackground = true };
        _writer.Start();
    }

    /// <summary>Entries that were dropped because the stream took nothing.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    public ILogger CreateLogger(string categoryName) => _loggers.GetOrAdd(categoryName, static (name, logs) => new CategoryLogger(logs, name), this);

    /// <summary>There is one way out: the stream.</summary>
    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("The broker's log has no further providers.");

    /// <summary>Writes what is queued, for at most two seconds.</summary>
    public void Dispose()
    {
        if (_queue.Writer.TryComplete())
        {
            _writer.Join(LastWords);
        }
    }

    private bool IsEnabled(string category, LogLevel level) =>
        level != LogLevel.None && level >= (category.StartsWith("Microsoft.", StringComparison.Ordinal) && _level < LogLevel.Warning ? LogLevel.Warning : _level);

    private void Add(in LogEntry entry)
    {
        if (!_queue.Writer.TryWrite(entry))
        {
            Interlocked.Increment(ref _dropped);
        }
    }

    private void WriteAll()
    {
        var buffer = new ArrayBufferWriter<byte>(WriteAtBytes);
        var told = 0L;
        try
        {
            while (_queue.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
            {
                while (_queue.Reader.TryRead(out var entry))
                {
                    _formatter.Write(entry, buffer);
                    if (buffer.WrittenCount >= WriteAtBytes)
                    {
                        Flush(buffer);
                    }
                }

                if (Dropped is var dropped && dropped > told)
                {
                    var entry = new LogEntry(
                        _time.GetUtcNow(), LogLevel.Warning, nameof(BrokerLogs), new EventId(7090, "LinesDropped"),
                        $"{dropped - told} log lines were dropped: the log could not be written as fast as it grew", [new("dropped", dropped - told)], null);
                    _formatter.Write(entry, buffer);
                    told = dropped;
                }

                Flush(buffer);
            }
        }
        catch (IOException)
        {
            // Whoever read the log is gone. The broker goes on without one; the queue fills and counts.
        }
    }

    private void Flush(ArrayBufferWriter<byte> buffer)
    {
        _output.Write(buffer.WrittenSpan);
        _output.Flush();
        buffer.ResetWrittenCount();
    }

    private sealed class CategoryLogger(BrokerLogs logs, string category) : ILogger
    {
        private const string Template = "{OriginalFormat}";

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logs.IsEnabled(category, logLevel);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel))
            {
                return;
            }

            var fields = logs._formatter is JsonLogFormatter && state is IReadOnlyList<KeyValuePair<string, object?>> pairs
                ? pairs.Where(p => p.Key != Template).ToArray()
                : [];
            logs.Add(new LogEntry(logs._time.GetUtcNow(), logLevel, category, eventId, formatter(state, exception), fields, exception?.ToString()));
        }
    }
}
