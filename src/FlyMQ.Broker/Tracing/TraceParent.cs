using System.Diagnostics;
using System.Text;

namespace FlyMQ.Broker.Tracing;

/// <summary>
/// Reads a W3C <c>traceparent</c>: <c>00-</c>, 32 hex digits of the trace, <c>-</c>, 16 of the span, <c>-</c>, two of flags, all in lower case. Strict, for the text
/// comes from strangers. Pure; only <see cref="ToContext"/> allocates.
/// </summary>
internal static class TraceParent
{
    /// <summary>Bytes of version 00; later versions may be longer, and begin like it.</summary>
    public const int Length = 55;

    private const int TraceIdAt = 3, SpanIdAt = 36, FlagsAt = 53;

    /// <param name="text">The beginning of the value: <see cref="Length"/> bytes, and one more where there is one.</param>
    /// <param name="length">Of the whole value.</param>
    /// <param name="sampled">Whether its trace is recorded.</param>
    /// <returns>False for what is none, which is the same as nothing.</returns>
    public static bool TryRead(ReadOnlySpan<byte> text, int length, out bool sampled)
    {
        sampled = false;
        if (length < Length || text.Length < Length || (length > Length && text.Length <= Length))
        {
            return false;
        }

        var version = text[..2];
        if (!IsHex(version) || version.SequenceEqual("ff"u8) || (version.SequenceEqual("00"u8) ? length != Length : length > Length && text[Length] != '-'))
        {
            return false;
        }

        if (text[2] != '-' || text[SpanIdAt - 1] != '-' || text[FlagsAt - 1] != '-' || !IsId(text[TraceIdAt..(SpanIdAt - 1)]) || !IsId(text[SpanIdAt..(FlagsAt - 1)])
            || !IsHex(text[FlagsAt..Length]))
        {
            return false;
        }

        sampled = (ValueOf(text[Length - 1]) & 1) != 0;
        return true;
    }

    /// <param name="text">What <see cref="TryRead"/> said yes to.</param>
    /// <param name="traceState">The <c>tracestate</c> beside it; empty for none. What is not printable ASCII is dropped whole, as the recommendation says.</param>
    public static ActivityContext ToContext(ReadOnlySpan<byte> text, ReadOnlySpan<byte> traceState) => new(
        ActivityTraceId.CreateFromUtf8String(text[TraceIdAt..(SpanIdAt - 1)]),
        ActivitySpanId.CreateFromUtf8String(text[SpanIdAt..(FlagsAt - 1)]),
        (ValueOf(text[Length - 1]) & 1) != 0 ? ActivityTraceFlags.Recorded : ActivityTraceFlags.None,
        traceState.IsEmpty || traceState.ContainsAnyExceptInRange((byte)' ', (byte)'~') ? null : Encoding.ASCII.GetString(traceState),
        isRemote: true);

    private static bool IsId(ReadOnlySpan<byte> text) => IsHex(text) && text.ContainsAnyExcept((byte)'0');

    private static bool IsHex(ReadOnlySpan<byte> text)
    {
        foreach (var digit in text)
        {
            if (ValueOf(digit) < 0)
            {
                return false;
            }
        }

        return true;
    }

    private static int ValueOf(byte digit) => digit switch
    {
        >= (byte)'0' and <= (byte)'9' => digit - '0',
        >= (byte)'a' and <= (byte)'f' => digit - 'a' + 10,
        _ => -1,
    };
}
