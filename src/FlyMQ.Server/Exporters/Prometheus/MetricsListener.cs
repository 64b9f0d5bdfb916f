using System.IO.Compression;
using System.IO.Pipelines;
using FlyMQ.Server.Options;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FlyMQ.Server.Exporters.Prometheus;

/// <summary>
/// Serves <c>/metrics</c> over HTTP, and nothing else. Binds behind the broker's back: a port that is taken is a line in the log, and the broker serves its
/// clients all the same.
/// </summary>
internal sealed class MetricsListener : IAsyncDisposable
{
    /// <summary>More scrapers than anybody has; who comes on top is refused, so that a mistake does not take the broker's memory.</summary>
    private const int MaxConnections = 64, MaxScrapes = 8;

    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(1);

    private readonly ListenAddress _address;
    private readonly Func<ExpositionWriter, CancellationToken, Task> _write;
    private readonly ILoggerFactory _loggers;
    private readonly MetricsEvents _events;
    private readonly Task _starting;
    private WebApplication? _host;
    private int _scrapes;

    /// <param name="address">Where.</param>
    /// <param name="write">Writes the page.</param>
    /// <param name="loggers">For what there is to tell.</param>
    public MetricsListener(ListenAddress address, Func<ExpositionWriter, CancellationToken, Task> write, ILoggerFactory loggers)
    {
        _address = address;
        _write = write;
        _loggers = loggers;
        _events = new MetricsEvents(loggers.CreateLogger("FlyMQ.Metrics"));
        // Making a host takes some milliseconds, which the broker's start should not.
        _starting = Task.Run(StartAsync);
    }

    /// <summary>The address that was bound, once it is; null when it could not be.</summary>
    public async Task<Uri?> BoundAsync()
    {
        await _starting.ConfigureAwait(false);
        return _host?.Urls.FirstOrDefault() is { } url ? new Uri(url) : null;
    }

    public async ValueTask DisposeAsync()
    {
        await _starting.ConfigureAwait(false);
        if (_host is null)
        {
            return;
        }

        using var limit = new CancellationTokenSource(StopLimit);
        await _host.StopAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _host.DisposeAsync().ConfigureAwait(false);
    }

    private WebApplication Build()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(_loggers);
        builder.Services.AddSingleton(typeof(ILogger<>), typeof(Logger<>));
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxConcurrentConnections = MaxConnections;
            kestrel.Limits.MaxRequestBodySize = 0;
            Bind(kestrel);
        });
        var host = builder.Build();
        host.Run(AnswerAsync);
        return host;
    }

    private void Bind(KestrelServerOptions kestrel)
    {
        if (_address is { Host: "localhost", Port: > 0 })
        {
            // 127.0.0.1 and, where the machine has it, ::1.
            kestrel.ListenLocalhost(_address.Port);
        }
        else if (_address.IsEveryAddress && _address.Host == "*")
        {
            kestrel.ListenAnyIP(_address.Port);
        }
        else
        {
            kestrel.Listen(_address.Addresses[0], _address.Port);
        }
    }

    private async Task StartAsync()
    {
        try
        {
            _host = Build();
            await _host.StartAsync().ConfigureAwait(false);
            _events.Listening(_address.Port == 0 ? new Uri(_host.Urls.First()).Authority : _address.ToString());
        }
        catch (Exception error)
        {
            // Metrics are not worth a broker, whatever it is.
            _events.NotListening(_address.ToString(), error.Message);
        }
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var (request, response) = (context.Request, context.Response);
        if (request.Path != "/metrics")
        {
            response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        if (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method))
        {
            response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            response.Headers.Allow = "GET, HEAD";
            return;
        }

        var format = ContentNegotiation.FormatOf(request.Headers.Accept);
        var gzip = ContentNegotiation.TakesGzip(request.Headers.AcceptEncoding);
        response.Headers.ContentType = ContentNegotiation.ContentType(format);
        response.Headers.Vary = "Accept, Accept-Encoding";
        if (gzip)
        {
            response.Headers.ContentEncoding = "gzip";
        }

        if (HttpMethods.IsHead(request.Method))
        {
            return;
        }

        try
        {
            if (Interlocked.Increment(ref _scrapes) > MaxScrapes)
            {
                response.Headers.Remove("Content-Encoding");
                response.StatusCode = StatusCodes.Status503ServiceUnavailable;
                return;
            }

            await WriteAsync(response, format, gzip, context.RequestAborted).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Whoever asked is gone.
        }
        catch (Exception error)
        {
            _events.ScrapeFailed(error);
            // Half a page must not look like a whole one.
            context.Abort();
        }
        finally
        {
            Interlocked.Decrement(ref _scrapes);
        }
    }

    private async Task WriteAsync(HttpResponse response, ExpositionFormat format, bool gzip, CancellationToken aborted)
    {
        if (!gzip)
        {
            await _write(new ExpositionWriter(response.BodyWriter, format), aborted).ConfigureAwait(false);
            return;
        }

        var compressed = PipeWriter.Create(new GZipStream(response.Body, CompressionLevel.Fastest, leaveOpen: true));
        try
        {
            await _write(new ExpositionWriter(compressed, format), aborted).ConfigureAwait(false);
            await compressed.CompleteAsync().ConfigureAwait(false);
        }
        catch (Exception error)
        {
            await compressed.CompleteAsync(error).ConfigureAwait(false);
            throw;
        }
    }
}
