using System.Net;
using FlyMQ.Server.Exporters.Otlp.Metrics;
using FlyMQ.Server.Options;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace FlyMQ.Server.Tests.Exporters.Otlp;

/// <summary>What an endpoint says when it does not take metrics; that it takes them is tested with the real process.</summary>
public sealed class OtlpMetricsEndpointTests
{
    [Theory]
    [InlineData(OtlpProtocol.Grpc, 200, "8", "it answers gRPC status 8 too much.")]
    [InlineData(OtlpProtocol.Grpc, 200, null, "its answer is no gRPC.")]
    [InlineData(OtlpProtocol.Grpc, 404, null, "it answers 404 Not Found.")]
    [InlineData(OtlpProtocol.HttpProtobuf, 503, null, "it answers 503 Service Unavailable.")]
    public async Task A_refusal_is_told_in_its_words(OtlpProtocol protocol, int status, string? grpcStatus, string problem)
    {
        await using var server = await ServeAsync(protocol, context =>
        {
            context.Response.StatusCode = status;
            if (grpcStatus is not null)
            {
                context.Response.AppendTrailer("grpc-status", grpcStatus);
                context.Response.AppendTrailer("grpc-message", "too much");
            }

            return context.Response.Body.WriteAsync(new byte[5]).AsTask();
        });
        using var endpoint = Endpoint(protocol, server);
        Assert.False(await endpoint.SendAsync(new byte[10], CancellationToken.None));
        Assert.Equal(problem, endpoint.Problem);
    }

    [Fact]
    public async Task One_that_does_not_answer_in_time_has_not_taken_them()
    {
        var held = new TaskCompletionSource();
        await using var server = await ServeAsync(OtlpProtocol.Grpc, _ => held.Task);
        using var endpoint = Endpoint(OtlpProtocol.Grpc, server, timeoutMs: 200);
        Assert.False(await endpoint.SendAsync(new byte[10], CancellationToken.None));
        Assert.Equal("it does not answer in time.", endpoint.Problem);
        using var impatient = new CancellationTokenSource(50);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => endpoint.SendAsync(new byte[10], impatient.Token));
        held.SetResult();
    }

    private static OtlpMetricsEndpoint Endpoint(OtlpProtocol protocol, WebApplication server, int timeoutMs = 10_000) => new(
        new OtlpMetricsOptions().Connection with { Endpoint = OtlpEndpoint.TryParse(server.Urls.Single(), out var address) ? address! : throw new InvalidOperationException(), Protocol = protocol, TimeoutMs = timeoutMs });

    private static async Task<WebApplication> ServeAsync(OtlpProtocol protocol, RequestDelegate answer)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = protocol == OtlpProtocol.Grpc ? HttpProtocols.Http2 : HttpProtocols.Http1));
        var server = builder.Build();
        server.Run(answer);
        await server.StartAsync();
        return server;
    }
}
