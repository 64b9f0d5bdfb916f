using System.Net;
using System.Net.Sockets;
using FlyMQ.Server.Exporters.Otlp;
using FlyMQ.Server.Options;

namespace FlyMQ.Server.Tests.Exporters;

public sealed class ClientMetricsForwarderTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task What_is_given_arrives_in_order_as_it_was()
    {
        await using var endpoint = new Endpoint();
        var lines = new LogLines();
        var connection = To(endpoint.Address) with { Headers = new Dictionary<string, string> { ["Authorization"] = "Bearer secret" } };
        await using var forwarder = new ClientMetricsForwarder(connection, lines);
        forwarder.Forward(new byte[] { 1, 2, 3 });
        forwarder.Forward(new byte[] { 4, 5 });
        await UntilAsync(() => forwarder.Forwarded == 2);
        Assert.Equal(["POST /v1/metrics application/x-protobuf 010203", "POST /v1/metrics application/x-protobuf 0405"], endpoint.Requests);
        Assert.Equal("Bearer secret", endpoint.Authorization);
        Assert.Equal((0, 0, 0), (forwarder.DroppedFailed, forwarder.DroppedFull, forwarder.DroppedTooLarge));
        Assert.Empty(lines.All);
    }

    [Fact]
    public async Task An_endpoint_that_is_down_costs_a_counter_and_one_line_and_so_does_its_coming_back()
    {
        await using var endpoint = new Endpoint { Status = 503 };
        var lines = new LogLines();
        await using var forwarder = new ClientMetricsForwarder(To(endpoint.Address), lines);
        for (var i = 0; i < 5; i++)
        {
            forwarder.Forward(new byte[] { 1 });
        }

        await UntilAsync(() => forwarder.DroppedFailed == 5);
        Assert.Contains("503", Assert.Single(lines.All), StringComparison.Ordinal);
        endpoint.Status = 200;
        forwarder.Forward(new byte[] { 2 });
        forwarder.Forward(new byte[] { 3 });
        await UntilAsync(() => forwarder.Forwarded == 2);
        Assert.Equal(2, lines.All.Count);
        Assert.EndsWith("again.", lines.All[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_nobody_listens_at_is_down()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        taken.Stop();
        var lines = new LogLines();
        await using var forwarder = new ClientMetricsForwarder(To($"http://127.0.0.1:{port}/v1/metrics"), lines);
        forwarder.Forward(new byte[] { 1 });
        await UntilAsync(() => forwarder.DroppedFailed == 1);
        Assert.Single(lines.All);
    }

    [Fact]
    public async Task One_that_does_not_answer_fills_the_queue_and_nobody_waits()
    {
        using var mute = new TcpListener(IPAddress.Loopback, 0);
        mute.Start();
        var forwarder = new ClientMetricsForwarder(To($"http://127.0.0.1:{((IPEndPoint)mute.LocalEndpoint).Port}/v1/metrics"), new LogLines());
        // Number first, then bytes: at most 16 MiB of the largest there are.
        for (var i = 0; i < 1000; i++)
        {
            forwarder.Forward(new byte[] { 1 });
        }

        Assert.InRange(forwarder.DroppedFull, 1000 - 257, 1000 - 256);
        await forwarder.DisposeAsync().AsTask().WaitAsync(Patience, TestContext.Current.CancellationToken);

        await using var large = new ClientMetricsForwarder(To($"http://127.0.0.1:{((IPEndPoint)mute.LocalEndpoint).Port}/v1/metrics"), new LogLines());
        for (var i = 0; i < 20; i++)
        {
            large.Forward(new byte[4 << 20]);
        }

        Assert.InRange(large.DroppedFull, 20 - 5, 20 - 4);
    }

    private static OtlpConnection To(string address) => new(
        new OptionValues(new Dictionary<OptionKey, object?> { [ClientMetricsKeys.Forward.Endpoint] = OtlpEndpoint.TryParse(address, out var endpoint) ? endpoint : null }),
        ClientMetricsKeys.Forward);

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (!condition())
        {
            await Task.Delay(10, limit.Token);
        }
    }

    private sealed class Endpoint : IAsyncDisposable
    {
        private readonly HttpListener _http = new();
        private readonly Task _serving;

        public Endpoint()
        {
            using var port = new TcpListener(IPAddress.Loopback, 0);
            port.Start();
            var address = $"http://127.0.0.1:{((IPEndPoint)port.LocalEndpoint).Port}/";
            port.Stop();
            Address = address;
            _http.Prefixes.Add(address);
            _http.Start();
            _serving = ServeAsync();
        }

        public string Address { get; }

        public volatile int Status = 200;

        public List<string> Requests { get; } = [];

        public string? Authorization { get; private set; }

        public async ValueTask DisposeAsync()
        {
            _http.Close();
            await _serving;
        }

        private async Task ServeAsync()
        {
            try
            {
                while (true)
                {
                    var context = await _http.GetContextAsync();
                    using var body = new MemoryStream();
                    await context.Request.InputStream.CopyToAsync(body);
                    Requests.Add($"{context.Request.HttpMethod} {context.Request.Url!.AbsolutePath} {context.Request.ContentType} {Convert.ToHexString(body.ToArray())}");
                    Authorization = context.Request.Headers["Authorization"];
                    context.Response.StatusCode = Status;
                    context.Response.Close();
                }
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                // Closed.
            }
        }
    }
}
