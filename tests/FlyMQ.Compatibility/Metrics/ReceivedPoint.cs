using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using FlyMQ.Compatibility.Traces;

namespace FlyMQ.Compatibility.Metrics;

/// <summary>One data point of an OTLP export request of metrics.</summary>
/// <param name="Kind"><c>gauge</c>, <c>sum</c> (cumulative and monotonic) or <c>histogram</c> (cumulative).</param>
/// <param name="Labels">By name.</param>
/// <param name="Value">Of a histogram its sum.</param>
/// <param name="Traces">The trace ids of a histogram's exemplars.</param>
/// <param name="Counts">Of a histogram what each bucket alone has.</param>
internal sealed record ReceivedPoint(
    string Name, string Unit, string Kind, SortedDictionary<string, string> Labels, double Value, ulong StartedAt, ulong At, ulong Count, ulong[] Counts, double[] Bounds,
    IReadOnlyList<string> Traces)
{
    /// <summary>As the samples of the page, with its names: a histogram is many.</summary>
    public IEnumerable<(string Sample, double Value)> Samples()
    {
        if (Kind != "histogram")
        {
            yield return (SampleKey.Of(Name, Labels), Value);
            yield break;
        }

        var upTo = 0UL;
        for (var i = 0; i < Counts.Length; i++)
        {
            upTo += Counts[i];
            var end = i < Bounds.Length ? Bounds[i].ToString("R", CultureInfo.InvariantCulture) : "+Inf";
            yield return (SampleKey.Of($"{Name}_bucket", Labels.Append(new("le", end == "5E-05" ? "5e-05" : end))), upTo);
        }

        yield return (SampleKey.Of($"{Name}_sum", Labels), Value);
        yield return (SampleKey.Of($"{Name}_count", Labels), Count);
    }

    /// <summary>Every point of a request, and the attributes of its one resource.</summary>
    public static (IReadOnlyList<ReceivedPoint> Points, IReadOnlyDictionary<string, string> Resource) Parse(ReadOnlySpan<byte> request)
    {
        var points = new List<ReceivedPoint>();
        var resource = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var message = new ProtoReader(request);
        while (message.MoveNext())
        {
            Assert.Equal(1, message.Field);
            var resourceMetrics = new ProtoReader(message.Bytes);
            while (resourceMetrics.MoveNext())
            {
                if (resourceMetrics.Field == 1)
                {
                    var attributes = new ProtoReader(resourceMetrics.Bytes);
                    while (attributes.MoveNext())
                    {
                        AddPair(resource, attributes.Bytes);
                    }
                }
                else
                {
                    Assert.Equal(2, resourceMetrics.Field);
                    var scope = new ProtoReader(resourceMetrics.Bytes);
                    while (scope.MoveNext())
                    {
                        if (scope.Field == 2)
                        {
                            AddMetric(points, scope.Bytes);
                        }
                    }
                }
            }
        }

        return (points, resource);
    }

    private static void AddMetric(List<ReceivedPoint> points, ReadOnlySpan<byte> bytes)
    {
        string name = "", unit = "";
        var metric = new ProtoReader(bytes);
        while (metric.MoveNext())
        {
            switch (metric.Field)
            {
                case 1:
                    name = Encoding.UTF8.GetString(metric.Bytes);
                    break;
                case 2:
                    Assert.NotEqual(0, metric.Bytes.Length);
                    break;
                case 3:
                    unit = Encoding.UTF8.GetString(metric.Bytes);
                    break;
                default:
                    AddPoints(points, name, unit, metric.Field switch { 5 => "gauge", 7 => "sum", 9 => "histogram", _ => throw new InvalidDataException($"field {metric.Field} of a metric") }, metric.Bytes);
                    break;
            }
        }
    }

    private static void AddPoints(List<ReceivedPoint> points, string name, string unit, string kind, ReadOnlySpan<byte> bytes)
    {
        ulong temporality = 0, monotonic = 0;
        var found = 0;
        var data = new ProtoReader(bytes);
        while (data.MoveNext())
        {
            switch (data.Field)
            {
                case 1:
                    points.Add(kind == "histogram" ? Histogram(name, unit, data.Bytes) : Number(name, unit, kind, data.Bytes));
                    found++;
                    break;
                case 2:
                    temporality = data.Number;
                    break;
                default:
                    monotonic = data.Number;
                    break;
            }
        }

        Assert.True(found > 0, $"{name} has no points");
        Assert.Equal((kind == "gauge" ? 0UL : 2, kind == "sum" ? 1UL : 0), (temporality, monotonic));
    }

    private static ReceivedPoint Number(string name, string unit, string kind, ReadOnlySpan<byte> bytes)
    {
        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var value = double.NaN;
        ulong start = 0, at = 0;
        var point = new ProtoReader(bytes);
        while (point.MoveNext())
        {
            switch (point.Field)
            {
                case 2:
                    start = point.Number;
                    break;
                case 3:
                    at = point.Number;
                    break;
                case 4:
                    value = BitConverter.UInt64BitsToDouble(point.Number);
                    break;
                case 6:
                    value = (long)point.Number;
                    break;
                case 7:
                    AddPair(labels, point.Bytes);
                    break;
                default:
                    throw new InvalidDataException($"field {point.Field} of a number's point");
            }
        }

        return new ReceivedPoint(name, unit, kind, labels, value, start, at, 0, [], [], []);
    }

    private static ReceivedPoint Histogram(string name, string unit, ReadOnlySpan<byte> bytes)
    {
        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var sum = double.NaN;
        ulong start = 0, at = 0, count = 0;
        ulong[] counts = [];
        double[] bounds = [];
        List<string> traces = [];
        var point = new ProtoReader(bytes);
        while (point.MoveNext())
        {
            switch (point.Field)
            {
                case 2:
                    start = point.Number;
                    break;
                case 3:
                    at = point.Number;
                    break;
                case 4:
                    count = point.Number;
                    break;
                case 5:
                    sum = BitConverter.UInt64BitsToDouble(point.Number);
                    break;
                case 6:
                    counts = MemoryMarshal.Cast<byte, ulong>(point.Bytes).ToArray();
                    break;
                case 7:
                    bounds = MemoryMarshal.Cast<byte, double>(point.Bytes).ToArray();
                    break;
                case 8:
                    traces.Add(TraceOf(point.Bytes));
                    break;
                case 9:
                    AddPair(labels, point.Bytes);
                    break;
                default:
                    throw new InvalidDataException($"field {point.Field} of a histogram's point");
            }
        }

        Assert.Equal(bounds.Length + 1, counts.Length);
        Assert.Equal(count, counts.Aggregate(0UL, (all, c) => all + c));
        return new ReceivedPoint(name, unit, "histogram", labels, sum, start, at, count, counts, bounds, traces);
    }

    private static string TraceOf(ReadOnlySpan<byte> exemplar)
    {
        var trace = "";
        var reader = new ProtoReader(exemplar);
        while (reader.MoveNext())
        {
            trace = reader.Field == 5 ? Convert.ToHexStringLower(reader.Bytes) : trace;
        }

        return trace;
    }

    private static void AddPair(SortedDictionary<string, string> pairs, ReadOnlySpan<byte> bytes)
    {
        string key = "", text = "";
        var pair = new ProtoReader(bytes);
        while (pair.MoveNext())
        {
            if (pair.Field == 1)
            {
                key = Encoding.UTF8.GetString(pair.Bytes);
                continue;
            }

            var value = new ProtoReader(pair.Bytes);
            Assert.True(value.MoveNext());
            Assert.Equal(1, value.Field);
            text = Encoding.UTF8.GetString(value.Bytes);
        }

        pairs.Add(key, text);
    }
}
