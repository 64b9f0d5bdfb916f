using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using System.Text.Unicode;
using FlyMQ.Storage;

namespace FlyMQ.Server.Exporters.Prometheus;

/// <summary>
/// Writes metrics into a pipe as they come: a family's heading once, then its samples. Holds no page and allocates nothing for a sample. One user at a time.
/// </summary>
/// <remarks>
/// In OpenMetrics a counter's family is named without <c>_total</c> and its sample with it. A gauge that is named <c>…_total</c> (the guide has two) keeps its
/// name and its type: the specification forbids only two families whose samples would clash, and without a counter of the same name none do.
/// </remarks>
internal sealed class ExpositionWriter(PipeWriter output, ExpositionFormat format) : IMetricSink
{
    private const int PageBytes = 16 * 1024, FlushBytes = 64 * 1024;
    private static readonly SearchValues<char> Special = SearchValues.Create("\\\"\n");

    // Of the histogram before: a page has one set of buckets, or few.
    private LatencyBuckets? _buckets;
    private byte[][] _bucketEnds = [];
    private long[] _counts = [];
    private Memory<byte> _page;
    private int _used;
    private int _unflushed;

    private bool IsOpenMetrics => format == ExpositionFormat.OpenMetrics;

    /// <summary>The heading of a family; its samples follow.</summary>
    public void Begin(MetricFamily family)
    {
        Raw("# HELP "u8);
        Raw(FamilyName(family));
        Raw(" "u8);
        Escaped(family.Help, escapesQuotes: IsOpenMetrics);
        Raw("\n# TYPE "u8);
        Raw(FamilyName(family));
        Raw(family.Type switch
        {
            MetricType.Counter => " counter\n"u8,
            MetricType.Histogram => " histogram\n"u8,
            _ => " gauge\n"u8,
        });
    }

    /// <param name="labels">The labels' values in the family's order.</param>
    public void Sample(MetricFamily family, long value, params ReadOnlySpan<string> labels)
    {
        Raw(family.NameBytes);
        Labels(family, labels, bucketEnd: default);
        Number(value);
    }

    public void Sample(MetricFamily family, double value, params ReadOnlySpan<string> labels)
    {
        Raw(family.NameBytes);
        Labels(family, labels, bucketEnd: default);
        Number(value);
    }

    /// <summary>All samples of one histogram: its buckets, each with what is in those before it, then sum and count.</summary>
    public void Sample(MetricFamily family, LatencyHistogram histogram, params ReadOnlySpan<string> labels)
    {
        Use(histogram.Buckets);
        // Read before the buckets, so that it is never ahead of them; the count is what the buckets say, so that the two agree.
        var sum = histogram.Sum;
        var all = histogram.CopyTo(_counts);
        var upTo = 0L;
        for (var i = 0; i < _counts.Length; i++)
        {
            upTo += _counts[i];
            Raw(family.NameBytes);
            Raw("_bucket"u8);
            Labels(family, labels, _bucketEnds[i]);
            if (IsOpenMetrics && histogram.ExemplarOf(i) is { } exemplar)
            {
                Number(upTo, end: " # "u8);
                Exemplar(exemplar);
            }
            else
            {
                Number(upTo);
            }
        }

        Raw(family.NameBytes);
        Raw("_sum"u8);
        Labels(family, labels, bucketEnd: default);
        Number(sum.TotalSeconds);
        Raw(family.NameBytes);
        Raw("_count"u8);
        Labels(family, labels, bucketEnd: default);
        Number(all);
    }

    /// <summary>Hands on what has been written when it is much. The place where a slow reader is waited for.</summary>
    /// <exception cref="OperationCanceledException">The reader is gone.</exception>
    public ValueTask FlushIfMuchAsync(CancellationToken cancellation) =>
        _unflushed + _used < FlushBytes ? ValueTask.CompletedTask : FlushAsync(cancellation);

    /// <summary>The end of the page.</summary>
    public ValueTask EndAsync(CancellationToken cancellation)
    {
        if (IsOpenMetrics)
        {
            Raw("# EOF\n"u8);
        }

        return FlushAsync(cancellation);
    }

    /// <summary>The shortest text that reads back as the number, with an exponent where Go writes one.</summary>
    internal static string GoNumber(double value, bool wholeAsFloat)
    {
        if (value is > 0 and < 1e-4)
        {
            var exponent = (int)Math.Floor(Math.Log10(value));
            return string.Create(CultureInfo.InvariantCulture, $"{value / Math.Pow(10, exponent):0.###############}e-{-exponent:00}");
        }

        var text = value.ToString("R", CultureInfo.InvariantCulture);
        return wholeAsFloat && !text.Contains('.', StringComparison.Ordinal) ? text + ".0" : text;
    }

    private void Use(LatencyBuckets buckets)
    {
        if (!ReferenceEquals(buckets, _buckets))
        {
            _buckets = buckets;
            // The numbers as Go writes them, for that is what the servers compare. OpenMetrics wants floats there, so that a whole number has its point.
            _bucketEnds = [.. buckets.Ends.ToArray().Select(b => Encoding.ASCII.GetBytes(GoNumber(b.TotalSeconds, IsOpenMetrics))), "+Inf"u8.ToArray()];
            _counts = new long[buckets.Count];
        }
    }

    private ReadOnlySpan<byte> FamilyName(MetricFamily family) =>
        IsOpenMetrics && family.Type == MetricType.Counter ? family.NameBytes.AsSpan(0, family.NameBytes.Length - "_total".Length) : family.NameBytes;

    private void Labels(MetricFamily family, ReadOnlySpan<string> values, ReadOnlySpan<byte> bucketEnd)
    {
        if (values.Length != family.Labels.Length)
        {
            throw new ArgumentException($"{family.Name} has {family.Labels.Length} labels, not {values.Length}.", nameof(values));
        }

        if (values.Length > 0 || bucketEnd.Length > 0)
        {
            var before = "{"u8;
            for (var i = 0; i < values.Length; i++)
            {
                Raw(before);
                Raw(family.LabelBytes[i]);
                Raw("=\""u8);
                Escaped(values[i], escapesQuotes: true);
                before = "\","u8;
            }

            if (bucketEnd.Length > 0)
            {
                Raw(before);
                Raw("le=\""u8);
                Raw(bucketEnd);
            }

            Raw("\"}"u8);
        }

        Raw(" "u8);
    }

    // Only OpenMetrics has them: labels, the value, when it was, in seconds.
    private void Exemplar(LatencyExemplar exemplar)
    {
        Raw("{trace_id=\""u8);
        Text(exemplar.TraceId.ToHexString());
        Raw("\",span_id=\""u8);
        Text(exemplar.SpanId.ToHexString());
        Raw("\"} "u8);
        Number(Math.Max(0, exemplar.Elapsed.TotalSeconds), end: " "u8);
        Number(exemplar.At.ToUnixTimeMilliseconds() / 1000.0);
    }

    private void Number(long value) => Number(value, "\n"u8);

    private void Number(long value, ReadOnlySpan<byte> end)
    {
        Utf8Formatter.TryFormat(value, Space(24), out var written);
        _used += written;
        Raw(end);
    }

    private void Number(double value) => Number(value, "\n"u8);

    private void Number(double value, ReadOnlySpan<byte> end)
    {
        value.TryFormat(Space(40), out var written, "R", CultureInfo.InvariantCulture);
        _used += written;
        Raw(end);
    }

    private void Escaped(string text, bool escapesQuotes)
    {
        var rest = text.AsSpan();
        while (rest.IndexOfAny(Special) is >= 0 and var special)
        {
            Text(rest[..special]);
            Raw(rest[special] switch
            {
                '\n' => "\\n"u8,
                '\\' => "\\\\"u8,
                _ => escapesQuotes ? "\\\""u8 : "\""u8,
            });
            rest = rest[(special + 1)..];
        }

        Text(rest);
    }

    // What is not valid UTF-16, which no name of ours is, becomes U+FFFD.
    private void Text(ReadOnlySpan<char> text)
    {
        while (text.Length > 0)
        {
            var piece = text[..Math.Min(text.Length, PageBytes / 4)];
            // A pair of surrogates stays together.
            if (piece.Length < text.Length && char.IsHighSurrogate(piece[^1]))
            {
                piece = piece[..^1];
            }

            Utf8.FromUtf16(piece, Space(3 * piece.Length), out var read, out var written);
            _used += written;
            text = text[read..];
        }
    }

    private void Raw(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Space(bytes.Length));
        _used += bytes.Length;
    }

    private Span<byte> Space(int bytes)
    {
        if (_page.Length - _used < bytes)
        {
            HandOver();
            _page = output.GetMemory(Math.Max(bytes, PageBytes));
        }

        return _page.Span[_used..];
    }

    private void HandOver()
    {
        if (_used > 0)
        {
            output.Advance(_used);
            _unflushed += _used;
        }

        _used = 0;
        _page = default;
    }

    private async ValueTask FlushAsync(CancellationToken cancellation)
    {
        HandOver();
        _unflushed = 0;
        if ((await output.FlushAsync(cancellation).ConfigureAwait(false)).IsCompleted)
        {
            throw new OperationCanceledException("Nobody reads the metrics any more.");
        }
    }
}
