using System.Buffers;
using System.Diagnostics;
using FlyMQ.Records;
using RequestContext = FlyMQ.Broker.Dispatch.RequestContext;

namespace FlyMQ.Broker.Tracing;

/// <summary>
/// Decides which requests are traced, before anything is made for it: what is not traced allocates nothing. A produce whose first record carries a trace of its
/// client follows that client's decision; all else, and batches whose headers are compressed, goes by the rate. Handlers without one of these trace nothing.
/// Safe to call from any thread.
/// </summary>
public sealed class RequestTracing
{
    /// <summary>What the spans of requests are listened to by.</summary>
    public const string SourceName = "FlyMQ.Broker";

    // What is opened to look for trace contexts; a batch that has more is a root of its own.
    private const int MaxOpenedBytes = 8 << 20;

    // Of a batch: itself and its append.
    private const int ProduceSpans = 2;

    private readonly SpanSampler _sampler;

    /// <param name="seed">Where the random numbers begin.</param>
    public RequestTracing(TraceSettings settings, SpanBudget budget, TimeProvider time, ulong seed)
    {
        Settings = settings;
        Budget = budget;
        Time = time;
        _sampler = new SpanSampler(settings.SampleRate, seed);
    }

    public TraceSettings Settings { get; }

    public SpanBudget Budget { get; }

    internal TimeProvider Time { get; }

    /// <summary>By the rate, and with what the budget has: whether so many spans that belong to no client's trace are made.</summary>
    public bool Wants(int spans) => _sampler.Next() && Budget.TryTake(spans);

    /// <param name="batch">As the client sent it, judged by nobody yet.</param>
    /// <returns>Null when it is not traced.</returns>
    internal ProduceTrace? Produce(in ReadOnlySequence<byte> batch, RequestContext request)
    {
        Span<byte> head = stackalloc byte[RecordBatchHeader.Size];
        // What is no batch is refused soon, and traced like the others.
        var header = TryReadHeader(batch, head);
        var isOpen = header is { Compression: CompressionType.None };
        var client = isOpen ? RecordTraces.Peek(batch.Slice(RecordBatchHeader.Size)) : ClientTrace.None;
        if (!(client == ClientTrace.None ? _sampler.Next() : client == ClientTrace.Sampled) || !Budget.TryTake(ProduceSpans))
        {
            return null;
        }

        ActivityContext parent = default;
        List<ActivityLink>? links = null;
        if (header is { } known)
        {
            var says = isOpen
                ? RecordTraces.Read(batch.Slice(RecordBatchHeader.Size), known.RecordCount, out parent, out links)
                : Open(batch, known, out parent, out links);
            if (says == ClientTrace.NotSampled)
            {
                // Only now that it is open: its spans would hang under one that nobody records.
                Budget.Give(ProduceSpans);
                return null;
            }
        }

        var trace = new ProduceTrace(this, request, parent, links, batch.Length, header?.RecordCount ?? -1);
        Add(request, trace);
        return trace;
    }

    /// <inheritdoc cref="Produce"/>
    internal FetchTrace? Fetch(RequestContext request, int partitions)
    {
        if (!_sampler.Next())
        {
            return null;
        }

        var trace = new FetchTrace(this, request, partitions);
        Add(request, trace);
        return trace;
    }

    /// <inheritdoc cref="Produce"/>
    internal CommitTrace? Commit(RequestContext request, string groupId)
    {
        if (!_sampler.Next())
        {
            return null;
        }

        var trace = new CommitTrace(this, request, groupId);
        Add(request, trace);
        return trace;
    }

    private void Add(RequestContext request, RequestTrace trace)
    {
        trace.Next = request.Trace;
        request.Trace = trace;
    }

    private static RecordBatchHeader? TryReadHeader(in ReadOnlySequence<byte> batch, Span<byte> head)
    {
        if (batch.Length < head.Length)
        {
            return null;
        }

        batch.Slice(0, head.Length).CopyTo(head);
        return RecordBatchHeader.TryRead(head, out var header) && header.Magic == RecordBatchHeader.CurrentMagic && header.SizeInBytes == batch.Length ? header : null;
    }

    private static ClientTrace Open(in ReadOnlySequence<byte> batch, in RecordBatchHeader header, out ActivityContext parent, out List<ActivityLink>? links)
    {
        OpenedBatch.TryOpen(batch, header, MaxOpenedBytes, out var opened);
        using (opened)
        {
            if (opened is not null)
            {
                return RecordTraces.Read(new ReadOnlySequence<byte>(opened.RecordBytes), header.RecordCount, out parent, out links);
            }
        }

        (parent, links) = (default, null);
        return ClientTrace.None;
    }
}
