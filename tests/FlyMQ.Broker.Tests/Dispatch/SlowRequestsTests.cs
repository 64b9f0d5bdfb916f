using System.Net;
using FlyMQ.Broker.Dispatch;
using FlyMQ.Broker.Network;
using FlyMQ.Protocol;
using FlyMQ.Protocol.Messages;
using FlyMQ.Protocol.Messages.Data;
using Microsoft.Extensions.Time.Testing;

namespace FlyMQ.Broker.Tests.Dispatch;

public sealed class SlowRequestsTests
{
    private static readonly ApiMetrics Produce = new(ProduceRequest.Api);
    private readonly FakeTimeProvider _time = new();
    private readonly SlowRequests _slow;

    public SlowRequestsTests() => _slow = new SlowRequests(_time);

    [Fact]
    public void Of_one_minute_the_slowest_are_kept_the_slowest_first()
    {
        foreach (var ms in Enumerable.Range(1, 100).OrderBy(i => i * 37 % 101))
        {
            Answer(ms, advance: false);
        }

        Assert.Equal(Enumerable.Range(81, 20).Reverse().Select(ms => (double)ms), Took());
    }

    [Fact]
    public void A_bad_minute_leaves_room_for_the_next_and_is_gone_after_a_quarter_of_an_hour()
    {
        for (var i = 0; i < SlowRequests.PerWindow; i++)
        {
            Answer(1000, advance: false);
        }

        _time.Advance(SlowRequests.Window);
        Answer(1);
        Answer(2);
        Assert.Equal(22, Took().Count());
        _time.Advance(SlowRequests.Window * (SlowRequests.Windows - 1));
        Answer(3);
        Assert.Equal([3, 2, 1], Took());
        _time.Advance(SlowRequests.Window * 100);
        Assert.Empty(Took());
        Answer(4);
        Assert.Equal([4], Took());
    }

    [Fact]
    public void A_fetch_that_waits_for_records_is_not_slow()
    {
        for (var i = 0; i < SlowRequests.PerWindow; i++)
        {
            Answer(10);
        }

        Answer(500, waitedMs: 495);
        Assert.All(Took(), ms => Assert.Equal(10, ms));
        Answer(500, waitedMs: 480);
        Assert.Equal(20, Took().First());
    }

    [Fact]
    public void It_tells_what_the_request_was_and_bounds_what_clients_call_themselves()
    {
        Answer(5, request =>
        {
            request.Topic = "orders";
            ((IErrorSink)request).Add(ErrorCode.RequestTimedOut);
            ((IErrorSink)request).Add(ErrorCode.NotLeaderOrFollower);
        });
        var slow = Assert.Single(_slow.Slowest());
        Assert.Equal(
            ("Produce", (short)9, "orders", "REQUEST_TIMED_OUT", "[::1]:4711", "a-client 1.2", 3L, 77),
            (slow.Api, slow.Version, slow.Topic, slow.Error, slow.ClientAddress, slow.ClientSoftware, slow.Connection, slow.Bytes));
        Assert.Equal(256, slow.ClientId!.Length);
        Assert.Equal([(ErrorCode.NotLeaderOrFollower, 1L), (ErrorCode.RequestTimedOut, 1L)], Produce.ErrorsTold().OrderBy(e => e.Error).TakeLast(2));
    }

    // KIP-511 does not bound them.
    [Fact]
    public void What_a_client_says_its_software_is_is_kept_up_to_a_bound()
    {
        var client = new ClientInfo(3, "clients", new IPEndPoint(IPAddress.Loopback, 4711)) { SoftwareName = new string('n', 10_000), SoftwareVersion = new string('1', 10_000) };
        Assert.Equal((new string('n', 128), new string('1', 128)), (client.SoftwareName, client.SoftwareVersion));
        client.SoftwareName = new string('n', 128);
        Assert.Equal(128, client.SoftwareName.Length);
    }

    private IEnumerable<double> Took() => _slow.Slowest().Select(r => r.Took.TotalMilliseconds);

    private void Answer(int ms, Action<RequestContext>? change = null, int waitedMs = 0, bool advance = true)
    {
        var client = new ClientInfo(3, "clients", new IPEndPoint(IPAddress.IPv6Loopback, 4711)) { SoftwareName = "a-client", SoftwareVersion = "1.2" };
        var request = new RequestContext(client, 9, new string('c', 1000), CancellationToken.None) { Metrics = Produce, Bytes = 77 };
        var end = _time.GetTimestamp();
        if (advance)
        {
            _time.Advance(TimeSpan.FromMilliseconds(1));
            end = _time.GetTimestamp();
        }

        request.Times.ArrivedAt = end - (ms * _time.TimestampFrequency / 1000);
        request.Times.Add(RequestStage.Purgatory, TimeSpan.FromMilliseconds(waitedMs));
        change?.Invoke(request);
        _slow.Offer(request, end);
    }
}
