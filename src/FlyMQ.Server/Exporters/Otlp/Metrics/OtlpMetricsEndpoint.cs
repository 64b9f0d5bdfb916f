using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using FlyMQ.Server.Options;

namespace FlyMQ.Server.Exporters.Otlp.Metrics;

/// <summary>Who takes metrics over OTLP. One request at a time.</summary>
/// <exception cref="InvalidDataException">A file of certificates cannot be read; key and path are named.</exception>
internal sealed class OtlpMetricsEndpoint : IDisposable
{
    private const string GrpcMethod = "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export";
    private readonly HttpClient _client;
    private readonly Func<string> _problem;
    private readonly bool _grpc;
    private readonly bool _gzip;

    public OtlpMetricsEndpoint(OtlpConnection connection)
    {
        _client = EndpointClient.Create(connection, out _problem);
        _grpc = connection.Protocol == OtlpProtocol.Grpc;
        _gzip = connection.Compression == OtlpCompression.Gzip;
        Address = _grpc ? new Uri(connection.Target, GrpcMethod) : connection.Target;
    }

    /// <summary>What is posted to.</summary>
    public Uri Address { get; }

    /// <summary>What was wrong with the last request that was not taken, as a sentence.</summary>
    public string Problem { get; private set; } = "nothing was sent.";

    /// <param name="request">An <c>ExportMetricsServiceRequest</c>, or <c>MetricsData</c>, which has the same bytes.</param>
    /// <returns>Whether the endpoint took it.</returns>
    /// <exception cref="OperationCanceledException">Whoever asked waits no longer.</exception>
    public async Task<bool> SendAsync(ReadOnlyMemory<byte> request, CancellationToken cancellation)
    {
        try
        {
            using var message = Request(_gzip ? Zipped(request) : request);
            using var response = await _client.SendAsync(message, cancellation).ConfigureAwait(false);
            if (response.IsSuccessStatusCode && (!_grpc || GrpcStatus(response) == "0"))
            {
                return true;
            }
        }
        catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            // The problem is told of below.
        }

        Problem = _problem();
        return false;
    }

    public void Dispose() => _client.Dispose();

    // Behind the body; among the headers where there is none.
    private static string? GrpcStatus(HttpResponseMessage response)
    {
        const string name = "grpc-status";
        return response.TrailingHeaders.TryGetValues(name, out var trailing) || response.Headers.TryGetValues(name, out trailing) ? trailing.FirstOrDefault() : null;
    }

    private static ReadOnlyMemory<byte> Zipped(ReadOnlyMemory<byte> bytes)
    {
        var zipped = new MemoryStream();
        using (var gzip = new GZipStream(zipped, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(bytes.Span);
        }

        return zipped.GetBuffer().AsMemory(0, (int)zipped.Length);
    }

    private HttpRequestMessage Request(ReadOnlyMemory<byte> bytes)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, Address);
        if (_grpc)
        {
            // Without TLS nothing is negotiated: gRPC speaks HTTP/2 from the first byte.
            (request.Version, request.VersionPolicy) = (HttpVersion.Version20, HttpVersionPolicy.RequestVersionExact);
            request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
            request.Content = new GrpcFrame(bytes, _gzip);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
            if (_gzip)
            {
                request.Headers.Add("grpc-encoding", "gzip");
            }

            return request;
        }

        request.Content = new ReadOnlyMemoryContent(bytes);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
        if (_gzip)
        {
            request.Content.Headers.ContentEncoding.Add("gzip");
        }

        return request;
    }
}
