using System.Net.Http.Headers;
using System.Threading.Channels;
using FlyMQ.Broker.Telemetry;
using Microsoft.Extensions.Logging;

namespace FlyMQ.Server.Exporters.Otlp;

/// <summary>
/// Posts what clients push to an OTLP endpoint (http/protobuf), one at a time, from a queue bounded in number and bytes. An endpoint that does not take them costs a
/// counter, and a line in the log when that begins and when it ends; nothing is sent twice, for the next push says everything anew.
/// </summary>
internal sealed class ClientMetricsForwarder : IClientMetricsForwarder, IAsyncDisposable
{
    /// <summary>A push a second from each of some hundred clients, while the endpoint takes a second.</summary>
    private const int MaxQueued = 256, MaxQueuedBytes = 16 << 20;

    private static readonly TimeSpan RequestLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(1);
    private static readonly MediaTypeHeaderValue Protobuf = new("application/x-protobuf");

    private readonly Uri _endpoint;
    private readonly ForwarderEvents _events;
    private readonly Channel<ReadOnlyMemory<byte>> _queue = Channel.CreateBounded<ReadOnlyMemory<byte>>(new BoundedChannelOptions(MaxQueued) { SingleReader = true });
    private readonly HttpClient _http;
    private readonly CancellationTokenSource _ending = new();
    private readonly Task _running;
    private long _queuedBytes;
    private long _forwarded;
    private long _droppedFull;
    private long _droppedFailed;
    private long _droppedTooLarge;
    private bool _isDown;

    public ClientMetricsForwarder(Uri endpoint, ILoggerFactory loggers)
    {
        _endpoint = endpoint;
        _events = new ForwarderEvents(loggers.CreateLogger("FlyMQ.ClientMetrics"));
        // Where an endpoint's name leads may change; a redirect is an answer like any other that is no success.
        _http = new HttpClient(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5), AllowAutoRedirect = false, UseCookies = false }) { Timeout = RequestLimit };
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
        _http.Dispose();
        _ending.Dispose();
    }

    private async Task RunAsync()
    {
        await foreach (var data in _queue.Reader.ReadAllAsync(_ending.Token).ConfigureAwait(false))
        {
            Interlocked.Add(ref _queuedBytes, -data.Length);
            if (await ProblemOfPostingAsync(data).ConfigureAwait(false) is { } problem)
            {
                // At the end what is left is given up, which says nothing of the endpoint.
                if (!_isDown && !_ending.IsCancellationRequested)
                {
                    _isDown = true;
                    _events.NotTaken(_endpoint, problem);
                }

                Interlocked.Increment(ref _droppedFailed);
            }
            else
            {
                if (_isDown)
                {
                    _isDown = false;
                    _events.TakenAgain(_endpoint);
                }

                Interlocked.Increment(ref _forwarded);
            }
        }
    }

    /// <returns>Null when it was taken.</returns>
    private async Task<string?> ProblemOfPostingAsync(ReadOnlyMemory<byte> data)
    {
        try
        {
            using var content = new ReadOnlyMemoryContent(data);
            content.Headers.ContentType = Protobuf;
            using var request = new HttpRequestMessage(HttpMethod.Post, _endpoint) { Content = content };
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, _ending.Token).ConfigureAwait(false);
            return response.IsSuccessStatusCode ? null : $"it answers {(int)response.StatusCode} {response.ReasonPhrase}";
        }
        catch (Exception error)
        {
            // Whatever it is: the next one is tried all the same.
            return error.Message;
        }
    }
}
