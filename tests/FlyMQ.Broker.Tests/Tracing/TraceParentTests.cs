using System.Diagnostics;
using System.Text;
using FlyMQ.Broker.Tracing;

namespace FlyMQ.Broker.Tests.Tracing;

public sealed class TraceParentTests
{
    private const string Trace = "4bf92f3577b34da6a3ce929d0e0e4736", Span = "00f067aa0ba902b7";

    [Theory]
    [InlineData($"00-{Trace}-{Span}-01", true)]
    [InlineData($"00-{Trace}-{Span}-00", false)]
    // The other flags are for later versions.
    [InlineData($"00-{Trace}-{Span}-03", true)]
    [InlineData($"00-{Trace}-{Span}-fe", false)]
    // A later version begins as this one does, and may go on.
    [InlineData($"01-{Trace}-{Span}-01", true)]
    [InlineData($"cc-{Trace}-{Span}-01-what-comes", true)]
    public void What_is_one_says_whether_it_is_sampled(string text, bool sampled)
    {
        Assert.True(TryRead(text, out var says));
        Assert.Equal(sampled, says);
        var context = TraceParent.ToContext(Encoding.ASCII.GetBytes(text), "a=1,b=2"u8);
        Assert.Equal((Trace, Span, sampled ? ActivityTraceFlags.Recorded : ActivityTraceFlags.None, "a=1,b=2", true),
            (context.TraceId.ToString(), context.SpanId.ToString(), context.TraceFlags, context.TraceState, context.IsRemote));
    }

    [Theory]
    [InlineData("")]
    [InlineData("00")]
    [InlineData($"00-{Trace}-{Span}-0")]
    [InlineData($"00-{Trace}-{Span}-01-more")]
    [InlineData($"00-{Trace}-{Span}-01 ")]
    [InlineData($"cc-{Trace}-{Span}-01.more")]
    [InlineData($"ff-{Trace}-{Span}-01")]
    [InlineData($"0g-{Trace}-{Span}-01")]
    [InlineData($"00-{Trace}-{Span}-0g")]
    [InlineData($"00_{Trace}-{Span}-01")]
    [InlineData($"00-{Trace}_{Span}-01")]
    [InlineData($"00-{Trace}-{Span}_01")]
    [InlineData($"00-00000000000000000000000000000000-{Span}-01")]
    [InlineData($"00-{Trace}-0000000000000000-01")]
    [InlineData("00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01")]
    [InlineData("00-4bf92f3577b34da6a3ce929d0e0e473é-00f067aa0ba902b7-01")]
    public void What_is_none_is_nothing(string text) => Assert.False(TryRead(text, out _));

    [Theory]
    [InlineData("a=\u0001")]
    [InlineData("a=\u00e9")]
    public void A_state_that_is_no_printable_text_is_dropped(string state) =>
        Assert.Null(TraceParent.ToContext(Encoding.ASCII.GetBytes($"00-{Trace}-{Span}-01"), Encoding.UTF8.GetBytes(state)).TraceState);

    private static bool TryRead(string text, out bool sampled)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return TraceParent.TryRead(bytes.AsSpan(0, Math.Min(bytes.Length, TraceParent.Length + 1)), bytes.Length, out sampled);
    }
}
