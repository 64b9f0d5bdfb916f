using System.Threading.Channels;
using FlyMQ.Broker.Telemetry;
using FlyMQ.Server.Exporters.Otlp.Metrics;
using FlyMQ.Server.Options;
using Microsoft.Extensions.Logging;

namespace FlyMQ.Server.Exporters.Otlp;

/// <summary>
/// Posts what clients push to an OTLP endpoint, one at a time, from a queue bounded in number and bytes. An endpoint that does not take them costs a
/// counter, and a line in the log when that begins and when it ends; nothing is sent twice, for the next push says everything anew.
/// </summary>
internal sealed class ClientMetricsForwarder : IClientMetricsForwarder, IAsyncDisposable
{
    /// <summary>A push a second from each of some hundred clients, while the endpoint takes a second.</summary>
    private const int MaxQueued = 256, MaxQueuedBytes = 16 << 20;

    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(1);

    private readonly OtlpMetricsEndpoint _endpoint;
    private readonly EndpointState _state;
    private readonly Channel<ReadOnlyMemory<byte>> _queue = Channel.CreateBounded<ReadOnlyMemory<byte>>(new BoundedChannelOptions(MaxQueued) { SingleReader = true });
    private readonly CancellationTokenSource _ending = new();
    private readonly Task _running;
    private long _queuedBytes;
    private long _forwarded;
    private long _droppedFull;
    private long _droppedFailed;
    private long _droppedTooLarge;

    /// <exception cref="InvalidDataException">A file that the connection names cannot be used.</exception>
    public ClientMetricsForwarder(OtlpConnection connection, ILoggerFactory loggers)
    {
        var events = new ForwarderEvents(loggers.CreateLogger("FlyMQ.ClientMetrics"));
        _endpoint = new OtlpMetricsEndpoint(connection);
        _state = new EndpointState(reason => events.NotTaken(connection.Target, reason), _ => events.TakenAgain(connection.Target));
        _running = Task.Run(RunAsync);
    }

    public long Forwarded => Interlocked.Read(ref _forwarded);

    /// <summary>Not taken, for too many were waiting.</summary>
    public long DroppedFull => Interlocked.Read(ref _droppedFull);

    /// <summary>Not taken by the endpoint.</summary>
    public long DroppedFailed => Interlocked.Read(ref _droppedFailed);

    public long DroppedTooLarge => Interlocked.Read(ref _droppedTooLarge);

    public void Forward(ReadOnlyMemory<byte> metricsData)
    {
        if (Interlocked.Add(ref _queuedBytes, metricsData.Length) > MaxQueuedBytes || !_queue.Writer.TryWrite(metricsData))
        {
            Interlocked.Add(ref _queuedBytes, -metricsData.Length);
            Interlocked.Increment(ref _droppedFull);
        }
    }

    public void TooLarge() => Interlocked.Increment(ref _droppedTooLarge);

    /// <summary>Sends what is waiting, for a second at most.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        _ending.CancelAfter(StopLimit);
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _endpoint.Dispose();
        _ending.Dispose();
    }

    private async Task RunAsync()
    {
        await foreach (var data in _queue.Reader.ReadAllAsync(_ending.Token).ConfigureAwait(false))
        {
            Interlocked.Add(ref _queuedBytes, -data.Length);
            var isTaken = await IsTakenAsync(data).ConfigureAwait(false);
            Interlocked.Increment(ref isTaken ? ref _forwarded : ref _droppedFailed);
        }
    }

    private async Task<bool> IsTakenAsync(ReadOnlyMemory<byte> data)
    {
        try
        {
            if ((await _endpoint.SendAsync(data, _ending.Token).ConfigureAwait(false)).Taken)
            {
                _state.Took();
                return true;
            }

            _state.Refused(_endpoint.Problem);
        }
        catch (OperationCanceledException) when (_ending.IsCancellationRequested)
        {
            // At the end what is left is given up, which says nothing of the endpoint.
        }
        catch (Exception error)
        {
            // Whatever it is: the next one is tried all the same.
            _state.Refused(error.Message);
        }

        return false;
    }
}
