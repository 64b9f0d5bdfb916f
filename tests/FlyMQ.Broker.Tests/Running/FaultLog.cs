using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace FlyMQ.Broker.Tests.Running;

/// <summary>Keeps what the broker reports as its own fault: errors, not the warnings that a client's mistakes earn.</summary>
internal sealed class FaultLog : ILoggerFactory, ILogger
{
    private readonly ConcurrentQueue<string> _faults = new();

    public void Add(string fault) => _faults.Enqueue(fault);

    public void RequireNone()
    {
        if (!_faults.IsEmpty)
        {
            throw new InvalidOperationException($"The broker reported {_faults.Count} fault(s): {string.Join("\n", _faults)}");
        }
    }

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
        {
            Add($"{formatter(state, exception)} {exception}");
        }
    }

    public void Dispose()
    {
    }
}
