using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.IO.Compression;
using System.Net;
using FlyMQ.Compatibility.Scenarios;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace FlyMQ.Compatibility.Traces;

/// <summary>Takes spans and metrics as a collector does, over gRPC (HTTP/2 without TLS) or as http/protobuf, and keeps them.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly WebApplication _server;
    private readonly ConcurrentQueue<ReceivedSpan> _spans = new();

    private OtlpReceiver(WebApplication server) => _server = server;

    public IReadOnlyList<ReceivedSpan> Spans => [.. _spans];

    /// <summary>The last requests of metrics, without what carried them.</summary>
    public ConcurrentQueue<byte[]> MetricRequests { get; } = new();

    /// <summary>Every request's path and headers.</summary>
    public ConcurrentQueue<(string Path, IReadOnlyDictionary<string, string> Headers)> Requests { get; } = new();

    /// <summary>Completes when it may answer.</summary>
    public Task MayAnswer { get; set; } = Task.CompletedTask;

    public static async Task<OtlpReceiver> StartAsync(int port, HttpProtocols protocols = HttpProtocols.Http2)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port, listen => listen.Protocols = protocols));
        var server = builder.Build();
        var receiver = new OtlpReceiver(server);
        server.Run(receiver.TakeAsync);
        await server.StartAsync();
        return receiver;
    }

    /// <summary>The spans, once there are some of which this holds.</summary>
    public async Task<IReadOnlyList<ReceivedSpan>> UntilAsync(string what, Func<IReadOnlyList<ReceivedSpan>, bool> holds, TimeSpan? limit = null)
    {
        await Until.TrueAsync(what, () => holds(Spans), limit ?? TimeSpan.FromSeconds(30), () => $"; there are:\n{string.Join('\n', Spans)}");
        return Spans;
    }

    public async Task<ReceivedSpan> SpanAsync(string what, Func<ReceivedSpan, bool> holds) => (await UntilAsync(what, spans => spans.Any(holds))).First(holds);

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        Requests.Enqueue((context.Request.Path, context.Request.Headers.ToDictionary(h => h.Key.ToLowerInvariant(), h => h.Value.ToString())));
        await MayAnswer;
        if (context.Request.Protocol == "HTTP/2")
        {
            Assert.Equal(
                IsMetrics(context) ? "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export" : "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
                context.Request.Path);
            Assert.Equal("application/grpc", context.Request.ContentType);
            Keep(context, Unframed(body.ToArray()));
            context.Response.ContentType = "application/grpc";
            context.Response.AppendTrailer("grpc-status", "0");
            // One frame: not compressed, of no bytes, which is an answer that says nothing.
            await context.Response.Body.WriteAsync(new byte[5]);
            return;
        }

        Assert.Equal("application/x-protobuf", context.Request.ContentType);
        Keep(context, context.Request.Headers.ContentEncoding == "gzip" ? Unzipped(body.ToArray()) : body.ToArray());
        context.Response.ContentType = "application/x-protobuf";
    }

    private static bool IsMetrics(HttpContext context) => context.Request.Path.Value!.Contains("metrics", StringComparison.Ordinal);

    private void Keep(HttpContext context, byte[] request)
    {
        if (IsMetrics(context))
        {
            MetricRequests.Enqueue(request);
            if (MetricRequests.Count > 16)
            {
                MetricRequests.TryDequeue(out _);
            }

            return;
        }

        foreach (var span in ReceivedSpan.Parse(request))
        {
            _spans.Enqueue(span);
        }
    }

    private static byte[] Unframed(byte[] body)
    {
        Assert.Equal(body.Length - 5, BinaryPrimitives.ReadInt32BigEndian(body.AsSpan(1)));
        return body[0] == 0 ? body[5..] : Unzipped(body[5..]);
    }

    private static byte[] Unzipped(byte[] bytes)
    {
        using var plain = new MemoryStream();
        using var gzip = new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress);
        gzip.CopyTo(plain);
        return plain.ToArray();
    }
}
