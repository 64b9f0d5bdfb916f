using System.Buffers;
using FlyMQ.Broker.Tracing;
using static FlyMQ.Broker.Tests.Tracing.TracedBatches;

namespace FlyMQ.Broker.Tests.Tracing;

public sealed class RecordTracesTests
{
    private const string OtherTrace = "0af7651916cd43dd8448eb211c80319c", OtherSpan = "b7ad6b7169203331";

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(64)]
    [InlineData(100_000)]
    public void The_first_record_is_read_however_its_bytes_lie(int pieces)
    {
        var sampled = InPieces(RecordsOf(Of(Parent(), null)), pieces);
        Assert.Equal(ClientTrace.Sampled, RecordTraces.Peek(sampled));
        Assert.Equal(ClientTrace.Sampled, RecordTraces.Read(sampled, 2, out var parent, out var links));
        Assert.Equal((Trace, Span, null), (parent.TraceId.ToString(), parent.SpanId.ToString(), links));
        Assert.Equal(ClientTrace.NotSampled, RecordTraces.Peek(InPieces(RecordsOf(Of(Parent(sampled: false))), pieces)));
        Assert.Equal(ClientTrace.None, RecordTraces.Peek(InPieces(RecordsOf(Of(null, Parent())), pieces)));
        Assert.Equal(ClientTrace.None, RecordTraces.Peek(InPieces(RecordsOf(Of("rubbish")), pieces)));
    }

    [Fact]
    public void Of_the_other_records_each_other_recorded_span_is_a_link()
    {
        var records = RecordsOf(Of(Parent(), Parent(), Parent(true, OtherTrace, OtherSpan), null, "rubbish", Parent(true, OtherTrace, OtherSpan), Parent(false, OtherTrace, "00000000000000aa")));
        RecordTraces.Read(records, 7, out _, out var links);
        Assert.Equal([(OtherTrace, OtherSpan)], links!.Select(l => (l.Context.TraceId.ToString(), l.Context.SpanId.ToString())));
    }

    [Fact]
    public void There_are_only_so_many_links()
    {
        var records = RecordsOf(Of([.. Enumerable.Range(1, 100).Select(i => Parent(true, Trace, i.ToString("x16")))]));
        RecordTraces.Read(records, 100, out _, out var links);
        Assert.Equal(RecordTraces.MaxLinks, links!.Count);
    }

    [Fact]
    public void A_count_that_is_a_lie_ends_where_the_records_do()
    {
        var records = RecordsOf(Of(Parent(), Parent(true, OtherTrace, OtherSpan)));
        Assert.Equal(ClientTrace.Sampled, RecordTraces.Read(records, int.MaxValue, out _, out var links));
        Assert.Single(links!);
        Assert.Equal(ClientTrace.None, RecordTraces.Read(records, -1, out _, out _));
    }

    [Fact]
    public void Every_truncation_and_every_changed_byte_is_answered()
    {
        var whole = RecordsOf(Of(Parent(), Parent(true, OtherTrace, OtherSpan))).ToArray();
        for (var length = 0; length < whole.Length; length++)
        {
            var cut = new ReadOnlySequence<byte>(whole, 0, length);
            Assert.Equal(RecordTraces.Peek(cut), RecordTraces.Read(cut, 2, out _, out _));
        }

        for (var at = 0; at < whole.Length; at++)
        {
            foreach (var value in new byte[] { 0, 1, 0x7F, 0x80, 0xFF })
            {
                var changed = (byte[])whole.Clone();
                changed[at] = value;
                Assert.Equal(RecordTraces.Peek(new(changed)), RecordTraces.Read(InPieces(new(changed), 13), 2, out _, out _));
            }
        }
    }

    [Fact]
    public void Bytes_that_are_no_records_are_answered()
    {
        var random = new Random(20_260_727);
        for (var round = 0; round < 20_000; round++)
        {
            var bytes = new byte[random.Next(200)];
            random.NextBytes(bytes);
            Assert.Equal(ClientTrace.None, RecordTraces.Peek(new(bytes)));
            Assert.Equal(ClientTrace.None, RecordTraces.Read(new(bytes), random.Next(), out _, out _));
        }
    }
}
