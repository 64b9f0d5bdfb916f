using System.Buffers;
using System.Net;
using FlyMQ.Broker.Dispatch;
using FlyMQ.Broker.Network;
using FlyMQ.Broker.Tracing;
using FlyMQ.Records;
using Microsoft.Extensions.Time.Testing;
using static FlyMQ.Broker.Tests.Tracing.TracedBatches;

namespace FlyMQ.Broker.Tests.Tracing;

public sealed class RequestTracingTests
{
    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData(CompressionType.None, true, 0.0, true)]
    [InlineData(CompressionType.None, false, 1.0, false)]
    [InlineData(CompressionType.None, null, 1.0, true)]
    [InlineData(CompressionType.None, null, 0.0, false)]
    // A header that is compressed decides nothing until the rate has.
    [InlineData(CompressionType.Zstd, true, 0.0, false)]
    [InlineData(CompressionType.Zstd, true, 1.0, true)]
    [InlineData(CompressionType.Gzip, false, 1.0, false)]
    [InlineData(CompressionType.Lz4, null, 1.0, true)]
    [InlineData(CompressionType.Snappy, null, 0.0, false)]
    public void A_client_that_says_is_followed_and_else_the_rate_decides(CompressionType compression, bool? client, double rate, bool traced) =>
        Assert.Equal(traced, Tracing(rate).Produce(new(Of(compression, client is { } sampled ? Parent(sampled) : null)), Request()) is not null);

    [Fact]
    public void What_is_no_batch_goes_by_the_rate()
    {
        foreach (var bytes in new[] { [], new byte[10], new byte[200], Of(Parent())[..^1] })
        {
            Assert.NotNull(Tracing(1).Produce(new(bytes), Request()));
            Assert.Null(Tracing(0).Produce(new(bytes), Request()));
        }
    }

    [Fact]
    public void What_opens_into_more_than_is_opened_has_no_parent_and_is_traced()
    {
        using var builder = new RecordBatchBuilder { Compression = CompressionType.Zstd };
        builder.Append(0, null, new byte[9 << 20], new RecordHeader("traceparent", System.Text.Encoding.ASCII.GetBytes(Parent(sampled: false))));
        Assert.NotNull(Tracing(1).Produce(new(builder.Build()), Request()));
    }

    [Fact]
    public void A_client_that_records_everything_gets_no_more_than_the_budget()
    {
        var tracing = Tracing(0, perSecond: 10);
        var batch = new ReadOnlySequence<byte>(Of(Parent()));
        Assert.Equal(5, Enumerable.Range(0, 100).Count(_ => tracing.Produce(batch, Request()) is not null));
        Assert.Equal(190, tracing.Budget.Refused);
    }

    [Fact]
    public void What_is_not_traced_allocates_nothing()
    {
        var (never, request) = (Tracing(0), Request());
        // Its own client's decision, whatever the rate; and every second request by chance, which is not traced for want of a budget.
        var (always, half) = (Tracing(1), Tracing(0.5, perSecond: 0));
        ReadOnlySequence<byte>[] plain = [new(Of("rubbish")), new(Of((string?)null)), InPieces(new(Of((string?)null)), 50), new(Of(CompressionType.Zstd, Parent())), new(new byte[20])];
        ReadOnlySequence<byte>[] notSampled = [new(Of(Parent(sampled: false))), InPieces(new(Of(Parent(sampled: false))), 50)];
        AskAll();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            AskAll();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Null(request.Trace);

        void AskAll()
        {
            foreach (var batch in plain)
            {
                Require(never.Produce(batch, request) is null);
                Require(half.Produce(batch, request) is null);
            }

            foreach (var batch in notSampled)
            {
                Require(always.Produce(batch, request) is null);
            }

            Require(never.Fetch(request, 10) is null && never.Commit(request, "group") is null && !never.Wants(1));
        }

        static void Require(bool holds)
        {
            if (!holds)
            {
                Assert.Fail("it is traced");
            }
        }
    }

    private RequestTracing Tracing(double rate, int perSecond = 1000) => new(new TraceSettings { SampleRate = rate }, new SpanBudget(perSecond, _time), _time, seed: 1);

    private static RequestContext Request() => new(new ClientInfo(1, "clients", new IPEndPoint(IPAddress.Loopback, 1)), 12, "client", CancellationToken.None);
}
