using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using FlyMQ.Broker.Dispatch;
using FlyMQ.Server.Health;
using FlyMQ.Server.Options;
using Microsoft.Extensions.Logging.Abstractions;
using static FlyMQ.Server.Tests.Health.Facts;

namespace FlyMQ.Server.Tests.Health;

/// <summary>Over real sockets.</summary>
public sealed class HealthServerTests : IDisposable
{
    private const int TimeoutMs = 700;

    private readonly HealthServer _server;
    private HealthFacts _facts = Well;
    private IReadOnlyList<SlowRequest>? _slowest = [];

    public HealthServerTests() => _server = Start(new ListenAddress("localhost", 0));

    private IPEndPoint Address => _server.Bound[0];

    public void Dispose() => _server.Dispose();

    [Theory]
    [InlineData("/live")]
    [InlineData("/ready")]
    public void Probes_are_answered_OK_as_plain_text(string path)
    {
        var answer = Ask.Get(Address, path);
        Assert.Equal((200, "OK"), (answer.Status, answer.Body));
        Assert.Equal("text/plain; charset=utf-8", answer.Headers["Content-Type"]);
        Assert.Equal("no-store", answer.Headers["Cache-Control"]);
        Assert.Equal("close", answer.Headers["Connection"]);
    }

    [Fact]
    public void Slow_requests_are_told_with_their_stages_without_those_that_took_no_time()
    {
        var times = default(RequestTimes);
        times.Add(RequestStage.FlushWait, TimeSpan.FromMicroseconds(1234.5));
        times.Add(RequestStage.Append, TimeSpan.FromMilliseconds(1));
        _slowest =
        [
            new SlowRequest
            {
                At = DateTimeOffset.UnixEpoch, Api = "Produce", Version = 11, Bytes = 99, Took = TimeSpan.FromMilliseconds(2.2345), Times = times, ClientId = "a \"client\"",
                ClientAddress = "127.0.0.1:4711", ClientSoftware = "some 1.0", Connection = 5, Topic = "orders", Error = null, TraceId = "0af7651916cd43dd8448eb211c80319c",
            },
        ];
        var answer = Ask.Get(Address, "/debug/slow");
        Assert.Equal((200, "application/json", "no-store"), (answer.Status, answer.Headers["Content-Type"], answer.Headers["Cache-Control"]));
        var expected = JsonNode.Parse("""
            { "minutes": 15, "per_minute": 20, "requests": [ {
              "at": "1970-01-01T00:00:00+00:00", "api": "Produce", "version": 11, "took_ms": 2.234, "stages_ms": { "append": 1, "flush_wait": 1.234 }, "topic": "orders", "bytes": 99,
              "error": null, "trace_id": "0af7651916cd43dd8448eb211c80319c",
              "client": { "id": "a \"client\"", "address": "127.0.0.1:4711", "software": "some 1.0", "connection": 5 } } ] }
            """);
        Assert.True(JsonNode.DeepEquals(expected, JsonNode.Parse(answer.Body)), answer.Body);
        Assert.Equal(("", answer.Headers["Content-Length"]), (Ask.Get(Address, "/debug/slow", "HEAD").Body, Ask.Get(Address, "/debug/slow", "HEAD").Headers["Content-Length"]));
    }

    [Theory]
    [InlineData("localhost", 200)]
    [InlineData("localhost:9095", 200)]
    [InlineData("127.0.0.1:9095", 200)]
    [InlineData("[::1]:9095", 200)]
    [InlineData("rebound.example:9095", 403)]
    [InlineData("192.0.2.1", 403)]
    [InlineData("localhost.example", 403)]
    [InlineData("", 403)]
    public void Slow_requests_are_told_to_who_asks_for_this_machine_by_its_own_name(string host, int status)
    {
        var answer = Ask.Send(Address, $"GET /debug/slow HTTP/1.1\r\nHost: {host}\r\n\r\n");
        Assert.Equal(status, answer.Status);
        Assert.Equal(status == 200, answer.Body.Contains("per_minute", StringComparison.Ordinal));
        // Probes come by any name.
        Assert.Equal(200, Ask.Send(Address, $"GET /live HTTP/1.1\r\nHost: {host}\r\n\r\n").Status);
    }

    [Fact]
    public void Slow_requests_are_told_to_this_machine_alone()
    {
        var request = new HttpHead("GET", "/debug/slow") { Host = "localhost" };
        Assert.Equal(403, HealthRoutes.Answer(request, new HealthSources(() => Verdict(_facts), () => []), fromHere: false).Status);
        Assert.Equal(200, HealthRoutes.Answer(request, new HealthSources(() => Verdict(_facts), () => []), fromHere: true).Status);
    }

    [Fact]
    public void Before_there_is_a_broker_there_are_no_slow_requests()
    {
        _slowest = null;
        Assert.Equal((503, "the broker does not serve"), (Ask.Get(Address, "/debug/slow").Status, Ask.Get(Address, "/debug/slow").Body));
    }

    // The thread of a connection has nobody above it: what it throws would end the process.
    [Fact]
    public void What_cannot_be_answered_closes_the_connection_and_is_logged()
    {
        var log = new LogLines();
        var sources = new HealthSources(() => Verdict(_facts), () => throw new InvalidOperationException("a ring that fails"));
        using var server = new HealthServer(new ListenAddress("127.0.0.1", 0), sources, new HealthEvents(log), TimeProvider.System, TimeoutMs);
        using (var asking = Ask.Connect(server.Bound[0]))
        {
            asking.Send("GET /debug/slow HTTP/1.1\r\nHost: localhost\r\n\r\n"u8);
            Assert.Equal(0, asking.Receive(new byte[1]));
        }

        Assert.True(SpinWait.SpinUntil(() => log.All.Any(line => line.EndsWith("a ring that fails", StringComparison.Ordinal)), TimeSpan.FromSeconds(20)));
        Assert.Equal(200, Ask.Get(server.Bound[0], "/live").Status);
    }

    [Fact]
    public void Every_row_of_the_guides_endpoints_is_true()
    {
        Assert.Equal(3, Guide.Rows(Guide.Endpoints).Count);
        Assert.Empty(Differences(Guide.Endpoints));
    }

    [Theory]
    [InlineData("GET /live", "GET /alive")]
    [InlineData("GET /ready", "POST /ready")]
    [InlineData("GET /health", "GET /healthz")]
    [InlineData("`GET /ready` | Readiness probe | `200 OK`", "`GET /ready` | Readiness probe | `204 No Content`")]
    [InlineData("`GET /live` | Liveness probe | `200 OK` | `503`", "`GET /live` | Liveness probe | `200 OK` | `500`")]
    [InlineData("JSON status", "`200 OK`")]
    [InlineData("JSON with errors", "`503`")]
    public void A_row_that_says_something_else_is_found(string says, string saysInstead)
    {
        Assert.Contains(says, Guide.Endpoints, StringComparison.Ordinal);
        Assert.NotEmpty(Differences(Guide.Endpoints.Replace(says, saysInstead, StringComparison.Ordinal)));
    }

    [Fact]
    public void A_probe_that_fails_is_503_with_one_line()
    {
        _facts = Well with { Phase = HealthPhase.Draining };
        var answer = Ask.Get(Address, "/ready");
        Assert.Equal((503, "draining: The broker was told to stop: it answers what is in flight and takes nothing new."), (answer.Status, answer.Body));
        Assert.Equal("no-store", answer.Headers["Cache-Control"]);
        Assert.Equal(200, Ask.Get(Address, "/live").Status);
    }

    [Fact]
    public void Health_is_json_and_503_when_unhealthy()
    {
        var healthy = Ask.Get(Address, "/health");
        Assert.Equal((200, "application/json"), (healthy.Status, healthy.Headers["Content-Type"]));
        Assert.Contains("\"uptime\": \"7d12h30m\"", healthy.Body, StringComparison.Ordinal);

        _facts = Well with { Serving = Serving with { LeaderId = null } };
        var unhealthy = Ask.Get(Address, "/health");
        Assert.Equal((503, "application/json"), (unhealthy.Status, unhealthy.Headers["Content-Type"]));
        Assert.Contains("\"reason\": \"no_leader\"", unhealthy.Body, StringComparison.Ordinal);

        _facts = Well with { UsedMb = 2000 };
        Assert.Equal(200, Ask.Get(Address, "/health").Status);
    }

    [Theory]
    [InlineData("/live")]
    [InlineData("/ready")]
    [InlineData("/health")]
    public void Head_has_the_headers_of_get_and_no_body(string path)
    {
        var get = Ask.Get(Address, path);
        var head = Ask.Get(Address, path, "HEAD");
        Assert.Equal("", head.Body);
        Assert.Equal(get.Status, head.Status);
        Assert.Equal(Encoding.UTF8.GetByteCount(get.Body).ToString(CultureInfo.InvariantCulture), head.Headers["Content-Length"]);
        Assert.Equal(get.Headers.Keys, head.Headers.Keys);
    }

    [Theory]
    [InlineData("GET", "/", 404)]
    [InlineData("GET", "/live/", 404)]
    [InlineData("GET", "/Live", 404)]
    [InlineData("POST", "/nothing", 404)]
    [InlineData("POST", "/live", 405)]
    [InlineData("DELETE", "/health", 405)]
    [InlineData("OPTIONS", "*", 404)]
    [InlineData("GET", "/ready?full=1", 200)]
    public void Anything_else_is_404_or_405(string method, string path, int status)
    {
        var answer = Ask.Get(Address, path, method);
        Assert.Equal(status, answer.Status);
        Assert.Equal(status == 405 ? "GET, HEAD" : null, answer.Headers.GetValueOrDefault("Allow"));
    }

    [Theory]
    [InlineData("nonsense\r\n\r\n")]
    [InlineData("GET /live HTTP/1.1\r\n\r\n")]
    [InlineData("\x16\x03\x01\x02\x00\x01\x00\r\n\r\n")]
    public void What_is_malformed_is_400_and_the_connection_is_closed(string bytes) => Assert.Equal(400, Ask.Send(Address, bytes).Status);

    [Fact]
    public void A_request_that_ends_early_is_400() => Assert.Equal(400, Ask.Send(Address, "GET /live HT", end: true).Status);

    [Theory]
    [InlineData(HealthConnection.MostBytes)]
    [InlineData(60_000)]
    public void A_request_that_is_too_large_is_400(int bytes) =>
        Assert.Equal(400, Ask.Send(Address, $"GET /live HTTP/1.1\r\nHost: x\r\nX: {new string('x', bytes)}\r\n\r\n").Status);

    [Fact]
    public void A_body_is_not_read_and_the_answer_still_comes() =>
        Assert.Equal(405, Ask.Send(Address, $"POST /live HTTP/1.1\r\nHost: x\r\nContent-Length: 20000\r\n\r\n{new string('x', 20_000)}").Status);

    [Fact]
    public void A_request_in_pieces_is_one_request()
    {
        using var socket = Ask.Connect(Address);
        foreach (var letter in "GET /live HTTP/1.1\r\nHost: x\r\n\r\n")
        {
            socket.Send([(byte)letter]);
        }

        Assert.Equal(200, Answer.Parse(Ask.ReadToEnd(socket)).Status);
    }

    [Fact]
    public void Who_says_nothing_is_told_so_in_bounded_time_and_closed()
    {
        using var silent = Ask.Connect(Address);
        Assert.Equal(408, Answer.Parse(Ask.ReadToEnd(silent)).Status);
    }

    [Fact]
    public void Who_sends_a_letter_now_and_then_gains_no_time()
    {
        using var slow = Ask.Connect(Address);
        var began = DateTime.UtcNow;
        try
        {
            while (true)
            {
                slow.Send("G"u8);
                Thread.Sleep(50);
                Assert.True(DateTime.UtcNow - began < TimeSpan.FromSeconds(15), "the connection is kept open");
            }
        }
        catch (SocketException)
        {
            // Closed, as it should be.
        }
    }

    [Fact]
    public void Connections_are_bounded_and_their_places_come_back()
    {
        // Silent ones are not closed before this test is over.
        using var server = Start(new ListenAddress("127.0.0.1", 0), timeoutMs: 60_000);
        var address = server.Bound[0];
        var idle = Enumerable.Range(0, HealthServer.MostConnections).Select(_ => Ask.Connect(address)).ToList();
        using (var further = Ask.Connect(address))
        {
            Assert.Equal(0, further.Receive(new byte[1]));
        }

        idle.ForEach(i => i.Dispose());
        Assert.True(SpinWait.SpinUntil(() => IsServed(address), TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public void Localhost_is_both_addresses_on_one_port()
    {
        Assert.Equal(IPAddress.Loopback, _server.Bound[0].Address);
        Assert.All(_server.Bound, bound => Assert.Equal(200, Ask.Get(bound, "/live").Status));
        Assert.Single(_server.Bound.Select(b => b.Port).Distinct());
        Assert.SkipUnless(Socket.OSSupportsIPv6 && HasIPv6Loopback(), "This machine has no ::1.");
        Assert.Contains(_server.Bound, b => b.Address.Equals(IPAddress.IPv6Loopback));
    }

    [Fact]
    public void Every_address_is_reached_over_ipv4_too()
    {
        using var server = Start(new ListenAddress("*", 0));
        Assert.Equal(200, Ask.Get(new IPEndPoint(IPAddress.Loopback, server.Bound[0].Port), "/live").Status);
    }

    [Fact]
    public void A_port_in_use_is_an_error_at_once()
    {
        var error = Assert.Throws<SocketException>(() => Start(new ListenAddress("localhost", Address.Port)));
        Assert.Equal(SocketError.AddressAlreadyInUse, error.SocketErrorCode);
    }

    [Fact]
    public void After_the_end_nobody_is_answered()
    {
        _server.Dispose();
        Assert.Throws<SocketException>(() => Ask.Get(Address, "/live"));
    }

    private static bool IsServed(IPEndPoint address)
    {
        try
        {
            return Ask.Get(address, "/live").Status == 200;
        }
        catch (SocketException)
        {
            // Closed before the question was read.
            return false;
        }
    }

    private List<string> Differences(string table)
    {
        var differences = new List<string>();
        foreach (var (facts, isWell) in new[] { (Well, true), (Well with { Phase = HealthPhase.Failed, FailureReason = "the log failed" }, false) })
        {
            _facts = facts;
            foreach (var row in Guide.Rows(table))
            {
                var answer = Ask.Get(Address, row.Path, row.Method);
                var says = isWell ? row.Success : row.Failure;
                var isSo = says.StartsWith("JSON", StringComparison.Ordinal)
                    ? answer.Headers["Content-Type"] == "application/json" && answer.Status == (isWell ? 200 : 503) && ((string?)JsonNode.Parse(answer.Body)!["status"] == "healthy") == isWell
                    : answer.Headers["Content-Type"].StartsWith("text/plain", StringComparison.Ordinal) && (isWell ? $"{answer.Status} {answer.Body}" : $"{answer.Status}") == says;
                if (!isSo)
                {
                    differences.Add($"{row.Method} {row.Path} says {answer.Status} {answer.Body}, not {says}");
                }
            }
        }

        return differences;
    }

    private HealthServer Start(ListenAddress address, int timeoutMs = TimeoutMs) =>
        new(address, new HealthSources(() => Verdict(_facts), () => _slowest), new HealthEvents(NullLogger.Instance), TimeProvider.System, timeoutMs);

    private static bool HasIPv6Loopback()
    {
        try
        {
            using var socket = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
