using System.Buffers;
using System.Diagnostics;
using FlyMQ.Records;

namespace FlyMQ.Broker.Tracing;

/// <summary>What a client says of its own trace.</summary>
internal enum ClientTrace
{
    /// <summary>Nothing, or nothing that can be read.</summary>
    None,

    /// <summary>It has one and does not record it.</summary>
    NotSampled,

    Sampled,
}

/// <summary>
/// Finds the trace context in the headers of records (W3C, as OpenTelemetry's instrumentation of Kafka clients writes it). Looks at records before anybody has
/// judged them, so whatever the bytes are, it answers; what is malformed ends the looking.
/// </summary>
internal static class RecordTraces
{
    /// <summary>Longer ones are not carried on.</summary>
    public const int MaxTraceStateBytes = 512;

    /// <summary>How many other traces a batch's span is linked to.</summary>
    public const int MaxLinks = 32;

    /// <summary>How many records are looked at for them.</summary>
    public const int MaxRecords = 1000;

    // One more than version 00 has, for that one tells whether a longer value is of a later version.
    private const int ParentBytes = TraceParent.Length + 1;

    /// <summary>What the first record says. Allocates nothing.</summary>
    /// <param name="records">Uncompressed records, from the first.</param>
    public static ClientTrace Peek(in ReadOnlySequence<byte> records)
    {
        var reader = new SequenceReader<byte>(records);
        Span<byte> parent = stackalloc byte[ParentBytes];
        return TryRead(ref reader, parent, default, out var parentLength, out _) && TraceParent.TryRead(parent[..Math.Min(parentLength, ParentBytes)], parentLength, out var sampled)
            ? sampled ? ClientTrace.Sampled : ClientTrace.NotSampled
            : ClientTrace.None;
    }

    /// <summary>The first record's context, which is a batch's parent, and those of the others, as far as they are recorded traces and not the same span.</summary>
    /// <returns>What the first record says; <paramref name="parent"/> is set when that is not nothing.</returns>
    public static ClientTrace Read(in ReadOnlySequence<byte> records, int count, out ActivityContext parent, out List<ActivityLink>? links)
    {
        var reader = new SequenceReader<byte>(records);
        Span<byte> text = stackalloc byte[ParentBytes];
        Span<byte> state = stackalloc byte[MaxTraceStateBytes];
        var first = ClientTrace.None;
        parent = default;
        links = null;
        for (var i = 0; i < count && i < MaxRecords && (links is null || links.Count < MaxLinks); i++)
        {
            if (!TryRead(ref reader, text, state, out var length, out var stateLength))
            {
                break;
            }

            if (!TraceParent.TryRead(text[..Math.Min(length, ParentBytes)], length, out var sampled))
            {
                continue;
            }

            if (i > 0 && !sampled)
            {
                continue;
            }

            var context = TraceParent.ToContext(text, state[..stateLength]);
            if (i == 0)
            {
                (first, parent) = (sampled ? ClientTrace.Sampled : ClientTrace.NotSampled, context);
            }
            else if (context.SpanId != parent.SpanId && (links is null || !links.Exists(l => l.Context.SpanId == context.SpanId)))
            {
                (links ??= []).Add(new ActivityLink(context));
            }
        }

        return first;
    }

    /// <summary>One record: its headers' values, the last one where there are several of a name, which is what clients read too.</summary>
    /// <param name="parentLength">Of the whole value, of which <paramref name="parent"/> may hold the beginning only; 0 for none.</param>
    /// <param name="stateLength">0 for none, and for one that does not fit.</param>
    private static bool TryRead(ref SequenceReader<byte> reader, scoped Span<byte> parent, scoped Span<byte> state, out int parentLength, out int stateLength)
    {
        (parentLength, stateLength) = (0, 0);
        if (!TryReadInt(ref reader, out var bodyLength) || bodyLength < 0 || bodyLength > reader.Remaining)
        {
            return false;
        }

        // Attributes, timestamp delta, offset delta, key, value.
        var end = reader.Consumed + bodyLength;
        if (!reader.TryRead(out _) || !TryReadLong(ref reader, out _) || !TryReadInt(ref reader, out _) || !TrySkip(ref reader, end) || !TrySkip(ref reader, end)
            || !TryReadInt(ref reader, out var headers))
        {
            return false;
        }

        for (var i = 0; i < headers; i++)
        {
            if (!TryReadInt(ref reader, out var nameLength) || nameLength < 0 || nameLength > end - reader.Consumed)
            {
                return false;
            }

            var isParent = nameLength == "traceparent"u8.Length && reader.IsNext("traceparent"u8);
            var isState = !isParent && nameLength == "tracestate"u8.Length && state.Length > 0 && reader.IsNext("tracestate"u8);
            reader.Advance(nameLength);
            if (!isParent && !isState)
            {
                if (!TrySkip(ref reader, end))
                {
                    return false;
                }
            }
            else if (!TryTake(ref reader, end, isParent ? parent : state, out var length))
            {
                return false;
            }
            else if (isParent)
            {
                parentLength = length;
            }
            else
            {
                stateLength = length <= state.Length ? length : 0;
            }
        }

        return reader.Consumed == end;
    }

    private static bool TryTake(ref SequenceReader<byte> reader, long end, scoped Span<byte> destination, out int length)
    {
        if (!TryReadInt(ref reader, out length) || length > end - reader.Consumed)
        {
            return false;
        }

        // −1 is null.
        length = Math.Max(0, length);
        reader.TryCopyTo(destination[..Math.Min(length, destination.Length)]);
        reader.Advance(length);
        return true;
    }

    private static bool TrySkip(ref SequenceReader<byte> reader, long end)
    {
        if (!TryReadInt(ref reader, out var length) || length > end - reader.Consumed)
        {
            return false;
        }

        reader.Advance(Math.Max(0, length));
        return true;
    }

    private static bool TryReadInt(ref SequenceReader<byte> reader, out int value)
    {
        var read = TryReadLong(ref reader, out var wide);
        value = (int)wide;
        return read && value == wide;
    }

    private static bool TryReadLong(ref SequenceReader<byte> reader, out long value)
    {
        if (Varint.TryRead(reader.UnreadSpan, out value, out var read))
        {
            reader.Advance(read);
            return true;
        }

        // Across the border of two pieces, or malformed.
        Span<byte> bytes = stackalloc byte[(int)Math.Min(reader.Remaining, Varint.MaxSize)];
        if (!reader.TryCopyTo(bytes) || !Varint.TryRead(bytes, out value, out read))
        {
            return false;
        }

        reader.Advance(read);
        return true;
    }
}
