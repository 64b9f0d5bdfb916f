using FlyMQ.Broker.Telemetry;
using FlyMQ.Broker.Telemetry.Otlp;
using FlyMQ.Records;

namespace FlyMQ.Broker.Tests.Telemetry;

public sealed class MetricsDataReaderTests
{
    [Fact]
    public void What_a_real_producer_pushed_is_read()
    {
        var pushed = Read(Decompressed(RealPushes.Producer));
        Assert.Equal(25, pushed.Values[Total("org.apache.kafka.producer.record.send.total")].Value);
        Assert.Equal(25, pushed.Values[Total("org.apache.kafka.producer.topic.record.send.total") with { Topic = "orders" }].Value);
        Assert.Equal(0, pushed.Values[Total("org.apache.kafka.producer.record.error.total")].Value);
        Assert.Contains(pushed.Values.Keys, k => k.Metric == "org.apache.kafka.producer.node.request.latency.max" && k.NodeId == "node-1" && k.Attributes == "");
        Assert.True(pushed.Values[Gauge("org.apache.kafka.producer.batch.size.max")].Value > 100);
        Assert.True(pushed.Values.Count > 80, $"{pushed.Values.Count} series");
        Assert.All(pushed.Values, v => Assert.False(v.Value.IsDelta, v.Key.Metric));
        Assert.Equal((0, 0, 0, ""), (pushed.Unasked, pushed.Repeated, pushed.PastLimit, pushed.GroupId));
    }

    [Fact]
    public void What_a_real_consumer_pushed_is_read_with_its_group()
    {
        var pushed = Read(Decompressed(RealPushes.Consumer));
        Assert.Equal("g", pushed.GroupId);
        Assert.Equal(0, pushed.Values[Total("org.apache.kafka.consumer.fetch.manager.records.consumed.total")].Value);
        Assert.True(pushed.Values[Total("org.apache.kafka.consumer.connection.creation.total")].Value >= 1);
    }

    [Fact]
    public void Each_kind_of_point_becomes_series()
    {
        var pushed = Read(Otlp.MetricsData(
            Otlp.Gauge("depth", Otlp.Point(1.5, ("topic", "t"), ("partition", "3"), ("node_id", "1"), ("z", "last"), ("a", "first")), Otlp.Point(double.NaN, ("topic", "empty"))),
            Otlp.Metric("level", Otlp.Message(5, Otlp.Message(1, Otlp.Fixed(6, -7)))),
            Otlp.Metric("nothing", Otlp.Message(5, Otlp.Message(1, Otlp.Fixed(4, 9.0), Otlp.Number(8, 1)))),
            Otlp.Sum("balance", isMonotonic: false, temporality: 2, Otlp.Point(-2)),
            Otlp.Sum("sent", isMonotonic: true, temporality: 1, Otlp.Point(5)),
            Otlp.Metric("size", Otlp.Message(9, Otlp.Number(2, 2), Otlp.Message(
                1, Otlp.Attribute(9, "topic", "t"), Otlp.Fixed(4, 6), Otlp.Fixed(5, 42.0), Otlp.Message(6, Eight(1), Eight(2), Eight(3)), Otlp.Message(7, Eight(10.0), Eight(20.0))))),
            Otlp.Metric("wide", Otlp.Message(10, Otlp.Message(1, Otlp.Attribute(1, "topic", "t"), Otlp.Fixed(4, 3), Otlp.Fixed(5, 4.5)))),
            Otlp.Metric("time", Otlp.Message(11, Otlp.Message(1, Otlp.Fixed(4, 2), Otlp.Fixed(5, 8.0), Otlp.Message(6, Otlp.Fixed(1, 0.99), Otlp.Fixed(2, 7.0)))))));
        Assert.Equal(
            [
                "balance{,,,} -2", "depth{t,3,1,a=first,z=last} 1.5", "level{,,,} -7",
                "sent+{,,,} 5 delta",
                "size.bucket+{t,,,le=+Inf} 6", "size.bucket+{t,,,le=10} 1", "size.bucket+{t,,,le=20} 3", "size.count+{t,,,} 6", "size.sum+{t,,,} 42",
                "time.count+{,,,} 2", "time.sum+{,,,} 8", "time{,,,quantile=0.99} 7",
                "wide.count+{t,,,} 3", "wide.sum+{t,,,} 4.5",
            ],
            Texts(pushed));
    }

    [Fact]
    public void Attributes_of_every_type_are_texts_and_the_fields_may_come_in_any_order()
    {
        byte[] Value(params byte[] value) => Otlp.Message(2, value);
        byte[] Attribute(string name, byte[] value) => Otlp.Message(7, Otlp.Text(1, name), value);
        var point = Otlp.Message(
            1, Otlp.Fixed(4, 1.0), Attribute("partition", Value(Otlp.Number(3, 12))), Attribute("b", Value(Otlp.Number(2, 1))), Attribute("d", Value(Otlp.Fixed(4, 0.5))),
            Attribute("list", Value(Otlp.Message(5, Otlp.Message(1, Otlp.Text(1, "inner"))))), Otlp.Message(2000, [1, 2, 3]), Otlp.Number(99, 5));
        // The data before the name, a field of a scope and one of a resource that are not known.
        var metric = Otlp.Message(2, Otlp.Message(5, point), Otlp.Text(1, "m"));
        Assert.Equal(["m{,12,,b=true,d=0.5,list=} 1"], Texts(Read(Otlp.Message(1, Otlp.Text(3, "schema"), Otlp.Message(2, Otlp.Text(3, "schema"), metric)))));
    }

    [Fact]
    public void Only_what_is_asked_for_is_kept()
    {
        var data = Otlp.MetricsData(Otlp.Total("org.apache.a.x", 1), Otlp.Total("org.apache.b", 2), Otlp.Gauge("com.example", Otlp.Point(3), Otlp.Point(4)));
        var pushed = new PushedMetrics(["org.apache.a.", "org.apache.b"], 100);
        Assert.True(MetricsDataReader.TryRead(data, pushed));
        Assert.Equal(["org.apache.a.x+{,,,} 1", "org.apache.b+{,,,} 2"], Texts(pushed));
        Assert.Equal(2, pushed.Unasked);
    }

    [Fact]
    public void A_client_cannot_make_more_series_than_its_limit_nor_longer_ones_nor_one_twice()
    {
        var many = Enumerable.Range(0, 500).Select(i => Otlp.Total($"m{i}", i)).ToArray();
        var pushed = new PushedMetrics(["*"], 100);
        Assert.True(MetricsDataReader.TryRead(Otlp.MetricsData(many), pushed));
        Assert.Equal((100, 400), (pushed.Values.Count, pushed.PastLimit));

        var attributes = Enumerable.Range(0, 1000).Select(i => ($"name{i:0000}", new string('v', 5000))).ToArray();
        var longest = new PushedMetrics(["*"], 100);
        Assert.True(MetricsDataReader.TryRead(
            Otlp.MetricsData(Otlp.Gauge(new string('n', 100_000), Otlp.Point(1, attributes), Otlp.Point(2, [.. attributes, ("zzz", "cut off")])), Otlp.Gauge("pair", Otlp.Point(3, ("topic", new string('x', 127) + "\U0001F600")))),
            longest));
        Assert.Equal(2, longest.Values.Count);
        Assert.Equal(1, longest.Repeated);
        Assert.All(longest.Values.Keys, k => Assert.True(k.Metric.Length <= LabelText.MaxChars && k.Attributes.Length <= LabelText.MaxChars));
        // A character of two halves is not cut in two.
        Assert.Equal(new string('x', 127), longest.Values.Keys.Last().Topic);
    }

    [Fact]
    public void A_histogram_with_buckets_without_end_or_that_do_not_fit_has_only_its_sum_and_count()
    {
        byte[] Histogram(string name, int counts, int bounds) => Otlp.Metric(name, Otlp.Message(9, Otlp.Message(
            1, Otlp.Fixed(4, 6), Otlp.Fixed(5, 42.0), Otlp.Message(6, [.. Enumerable.Repeat(Eight(1), counts)]), Otlp.Message(7, [.. Enumerable.Range(0, bounds).Select(i => Eight((double)i))]))));
        var pushed = Read(Otlp.MetricsData(Histogram("many", 5001, 5000), Histogram("odd", 3, 3), Histogram("none", 0, 0)));
        Assert.Equal(["many.count+{,,,} 6", "many.sum+{,,,} 42", "none.count+{,,,} 6", "none.sum+{,,,} 42", "odd.count+{,,,} 6", "odd.sum+{,,,} 42"], Texts(pushed));
    }

    [Fact]
    public void Bytes_that_are_cut_off_or_changed_anywhere_are_refused_or_read_and_never_throw()
    {
        var real = Decompressed(RealPushes.Consumer);
        var refused = 0;
        for (var length = 0; length < real.Length; length++)
        {
            refused += MetricsDataReader.TryRead(real.AsSpan(0, length), new PushedMetrics(["*"], 1000)) ? 0 : 1;
        }

        // Whole only where one resource ends and the next begins.
        Assert.InRange(refused, real.Length - 300, real.Length - 1);
        var random = new Random(714);
        for (var i = 0; i < 20_000; i++)
        {
            var changed = real.AsSpan(0, Math.Min(real.Length, 600)).ToArray();
            for (var j = 0; j < 3; j++)
            {
                changed[random.Next(changed.Length)] = (byte)random.Next(256);
            }

            _ = MetricsDataReader.TryRead(changed, new PushedMetrics(["*"], 1000));
        }
    }

    [Theory]
    [InlineData("0a", "a length that is missing")]
    [InlineData("0a05", "a length past the end")]
    [InlineData("0affffffffffffffffff01", "a length of 2^64")]
    [InlineData("0affffffff0f", "a length of 4 GiB")]
    [InlineData("08ffffffffffffffffffff01", "a number of eleven bytes")]
    [InlineData("0b0c", "a group")]
    [InlineData("0f", "a type there is not")]
    [InlineData("0000", "field 0")]
    [InlineData("f8ffffffff7f00", "a field beyond all numbers")]
    [InlineData("0d010203", "four bytes that are three")]
    [InlineData("09010203", "eight bytes that are three")]
    [InlineData("0a0212ff", "a scope that is cut off")]
    [InlineData("0a030a010a", "a resource that is cut off")]
    [InlineData("0a0412021202", "a metric that is cut off")]
    [InlineData("0a07120512032a010a", "a metric whose data is cut off")]
    public void What_is_no_message_is_refused(string hex, string what) =>
        Assert.False(MetricsDataReader.TryRead(Convert.FromHexString(hex), new PushedMetrics(["*"], 10)), what);

    [Fact]
    public void Messages_within_messages_without_end_are_not_followed()
    {
        // An attribute's value that is a list of lists of lists, as deep as a megabyte allows.
        byte[] value = Otlp.Text(1, "deepest");
        while (value.Length < 100_000)
        {
            value = Otlp.Message(5, Otlp.Message(1, value));
        }

        var pushed = Read(Otlp.MetricsData(Otlp.Gauge("m", Otlp.Message(1, Otlp.Fixed(4, 1.0), Otlp.Message(7, Otlp.Text(1, "deep"), Otlp.Message(2, value))))));
        Assert.Equal(["m{,,,deep=} 1"], Texts(pushed));
    }

    private static byte[] Eight(long value) => Otlp.Fixed(1, value)[1..];

    private static byte[] Eight(double value) => Otlp.Fixed(1, value)[1..];

    private static SeriesKey Total(string metric) => new(metric, IsCounter: true, "", "", "", "");

    private static SeriesKey Gauge(string metric) => new(metric, IsCounter: false, "", "", "", "");

    private static PushedMetrics Read(byte[] data)
    {
        var pushed = new PushedMetrics(["*"], 1000);
        Assert.True(MetricsDataReader.TryRead(data, pushed));
        return pushed;
    }

    private static IEnumerable<string> Texts(PushedMetrics pushed) =>
        pushed.Values.Select(v => FormattableString.Invariant(
            $"{v.Key.Metric}{(v.Key.IsCounter ? "+" : "")}{{{v.Key.Topic},{v.Key.Partition},{v.Key.NodeId},{v.Key.Attributes}}} {v.Value.Value}{(v.Value.IsDelta ? " delta" : "")}"))
            .Order(StringComparer.Ordinal);

    private static byte[] Decompressed(byte[] zstd)
    {
        using var buffer = new PooledBuffer();
        Assert.Equal(RecordBatchFault.None, RecordCompression.TryDecompress(CompressionType.Zstd, zstd, buffer));
        return buffer.WrittenSpan.ToArray();
    }
}
