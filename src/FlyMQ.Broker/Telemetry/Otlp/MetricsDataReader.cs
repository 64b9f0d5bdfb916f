using System.Globalization;

namespace FlyMQ.Broker.Telemetry.Otlp;

/// <summary>
/// Reads OTLP's <c>MetricsData</c>, as far as a page of metrics can show it: gauges, sums, histograms, summaries, with their attributes
/// (opentelemetry-proto 1, metrics.proto). Fields that are not known are skipped; values within values (arrays, maps) are not looked into.
/// </summary>
internal static class MetricsDataReader
{
    private const int MaxBuckets = 64;
    private const int Delta = 1;
    private const ulong NoValue = 1;

    /// <returns>False when the bytes are not a message of that kind; what has been read by then is meaningless.</returns>
    public static bool TryRead(ReadOnlySpan<byte> data, PushedMetrics pushed)
    {
        var reader = new ProtobufReader(data);
        var attributes = new PointAttributes();
        while (reader.Next())
        {
            if (reader.IsBytes(1) && !TryReadResourceMetrics(reader.Bytes, pushed, attributes))
            {
                return false;
            }
        }

        return !reader.IsMalformed;
    }

    private static bool TryReadResourceMetrics(ReadOnlySpan<byte> message, PushedMetrics pushed, PointAttributes attributes)
    {
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            if ((reader.IsBytes(1) && !TryReadResource(reader.Bytes, pushed)) || (reader.IsBytes(2) && !TryReadScopeMetrics(reader.Bytes, pushed, attributes)))
            {
                return false;
            }
        }

        return !reader.IsMalformed;
    }

    private static bool TryReadResource(ReadOnlySpan<byte> message, PushedMetrics pushed)
    {
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            if (!reader.IsBytes(1))
            {
                continue;
            }

            if (!TryReadAttribute(reader.Bytes, out var name, out var value))
            {
                return false;
            }

            if (name == "group_id")
            {
                pushed.GroupId = value;
            }
        }

        return !reader.IsMalformed;
    }

    private static bool TryReadScopeMetrics(ReadOnlySpan<byte> message, PushedMetrics pushed, PointAttributes attributes)
    {
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            if (reader.IsBytes(2) && !TryReadMetric(reader.Bytes, pushed, attributes))
            {
                return false;
            }
        }

        return !reader.IsMalformed;
    }

    private static bool TryReadMetric(ReadOnlySpan<byte> message, PushedMetrics pushed, PointAttributes attributes)
    {
        // The name first, for fields may stand in any order.
        ReadOnlySpan<byte> nameBytes = default;
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            if (reader.IsBytes(1))
            {
                nameBytes = reader.Bytes;
            }
        }

        if (reader.IsMalformed)
        {
            return false;
        }

        var points = new Points(pushed, attributes, pushed.IsWanted(nameBytes) ? LabelText.Bounded(nameBytes) : null);
        reader = new ProtobufReader(message);
        while (reader.Next())
        {
            if (reader.Type == WireType.Bytes && !points.TryRead(reader.Field, reader.Bytes))
            {
                return false;
            }
        }

        return true;
    }

    private static bool TryReadAttribute(ReadOnlySpan<byte> message, out string name, out string value)
    {
        (name, value) = ("", "");
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            if (reader.IsBytes(1))
            {
                name = LabelText.Bounded(reader.Bytes);
            }
            else if (reader.IsBytes(2) && !TryReadValue(reader.Bytes, out value))
            {
                return false;
            }
        }

        return !reader.IsMalformed;
    }

    private static bool TryReadValue(ReadOnlySpan<byte> message, out string value)
    {
        value = "";
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            value = (reader.Field, reader.Type) switch
            {
                (1, WireType.Bytes) => LabelText.Bounded(reader.Bytes),
                (2, WireType.Varint) => reader.Number != 0 ? "true" : "false",
                (3, WireType.Varint) => ((long)reader.Number).ToString(CultureInfo.InvariantCulture),
                (4, WireType.Fixed64) => Text(reader.AsDouble),
                _ => value,
            };
        }

        return !reader.IsMalformed;
    }

    private static string Text(double number) => number.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>The points of one metric.</summary>
    /// <param name="name">Null when nobody asked for it: its points are counted.</param>
    private readonly struct Points(PushedMetrics pushed, PointAttributes attributes, string? name)
    {
        public bool TryRead(int kind, ReadOnlySpan<byte> message)
        {
            if (kind is not (5 or 7 or 9 or 10 or 11))
            {
                return true;
            }

            var (temporality, isMonotonic) = (0, false);
            var reader = new ProtobufReader(message);
            while (reader.Next())
            {
                temporality = reader.IsVarint(2) ? (int)reader.Number : temporality;
                isMonotonic = reader.IsVarint(3) ? reader.Number != 0 : isMonotonic;
            }

            if (reader.IsMalformed)
            {
                return false;
            }

            var isDelta = temporality == Delta;
            reader = new ProtobufReader(message);
            while (reader.Next())
            {
                if (!reader.IsBytes(1))
                {
                    continue;
                }

                if (name is null)
                {
                    pushed.CountUnasked();
                    continue;
                }

                attributes.Clear();
                var read = kind switch
                {
                    5 => TryReadNumber(reader.Bytes, isCounter: false, isDelta: false),
                    7 => TryReadNumber(reader.Bytes, isMonotonic, isDelta),
                    9 => TryReadHistogram(reader.Bytes, attributesAt: 9, isDelta),
                    10 => TryReadHistogram(reader.Bytes, attributesAt: 1, isDelta),
                    _ => TryReadSummary(reader.Bytes),
                };
                if (!read)
                {
                    return false;
                }
            }

            return true;
        }

        private bool TryReadNumber(ReadOnlySpan<byte> message, bool isCounter, bool isDelta)
        {
            double? value = null;
            var reader = new ProtobufReader(message);
            while (reader.Next())
            {
                switch (reader.Field, reader.Type)
                {
                    case (4, WireType.Fixed64):
                        value = reader.AsDouble;
                        break;
                    case (6, WireType.Fixed64):
                        value = (long)reader.Number;
                        break;
                    case (7, WireType.Bytes) when !TryKeepAttribute(reader.Bytes):
                        return false;
                    case (8, WireType.Varint) when (reader.Number & NoValue) != 0:
                        return true;
                }
            }

            if (value is { } number && !reader.IsMalformed)
            {
                pushed.Add(attributes.KeyOf(name!, isCounter), number, isDelta);
            }

            return !reader.IsMalformed;
        }

        // What the two kinds of histograms have in common, and the buckets of the plain one: as the counters <name>.count, .sum and .bucket.
        private bool TryReadHistogram(ReadOnlySpan<byte> message, int attributesAt, bool isDelta)
        {
            var isPlain = attributesAt == 9;
            double? count = null, sum = null;
            List<double> counts = [], bounds = [];
            var reader = new ProtobufReader(message);
            while (reader.Next())
            {
                if (reader.IsBytes(attributesAt) && !TryKeepAttribute(reader.Bytes))
                {
                    return false;
                }

                count = reader.IsFixed64(4) ? reader.Number : count;
                sum = reader.IsFixed64(5) ? reader.AsDouble : sum;
                if (isPlain && reader.Field is 6 or 7 && !TryReadPacked(reader, reader.Field == 6 ? counts : bounds, areDoubles: reader.Field == 7))
                {
                    return false;
                }
            }

            if (reader.IsMalformed)
            {
                return false;
            }

            Keep(".count", count, isCounter: true, isDelta);
            Keep(".sum", sum, isCounter: true, isDelta);
            if (counts.Count == bounds.Count + 1 && counts.Count <= MaxBuckets)
            {
                var upTo = 0.0;
                for (var i = 0; i < counts.Count; i++)
                {
                    upTo += counts[i];
                    pushed.Add(attributes.KeyOf($"{name}.bucket", isCounter: true, ("le", i < bounds.Count ? Text(bounds[i]) : "+Inf")), upTo, isDelta);
                }
            }

            return true;
        }

        private bool TryReadSummary(ReadOnlySpan<byte> message)
        {
            double? count = null, sum = null;
            List<(double Quantile, double Value)> quantiles = [];
            var reader = new ProtobufReader(message);
            while (reader.Next())
            {
                if ((reader.IsBytes(7) && !TryKeepAttribute(reader.Bytes)) || (reader.IsBytes(6) && !TryReadQuantile(reader.Bytes, quantiles)))
                {
                    return false;
                }

                count = reader.IsFixed64(4) ? reader.Number : count;
                sum = reader.IsFixed64(5) ? reader.AsDouble : sum;
            }

            if (reader.IsMalformed)
            {
                return false;
            }

            Keep(".count", count, isCounter: true, isDelta: false);
            Keep(".sum", sum, isCounter: true, isDelta: false);
            foreach (var (quantile, value) in quantiles)
            {
                pushed.Add(attributes.KeyOf(name!, isCounter: false, ("quantile", Text(quantile))), value);
            }

            return true;
        }

        private void Keep(string suffix, double? value, bool isCounter, bool isDelta)
        {
            if (value is { } number)
            {
                pushed.Add(attributes.KeyOf(name + suffix, isCounter), number, isDelta);
            }
        }

        private bool TryKeepAttribute(ReadOnlySpan<byte> message)
        {
            var read = TryReadAttribute(message, out var key, out var value);
            attributes.Set(key, value);
            return read;
        }

        private static bool TryReadQuantile(ReadOnlySpan<byte> message, List<(double, double)> quantiles)
        {
            double quantile = 0, value = 0;
            var reader = new ProtobufReader(message);
            while (reader.Next())
            {
                quantile = reader.IsFixed64(1) ? reader.AsDouble : quantile;
                value = reader.IsFixed64(2) ? reader.AsDouble : value;
            }

            if (quantiles.Count < MaxBuckets)
            {
                quantiles.Add((quantile, value));
            }

            return !reader.IsMalformed;
        }

        // Packed, or each a field of its own: readers of protocol buffers take both.
        private static bool TryReadPacked(in ProtobufReader field, List<double> into, bool areDoubles)
        {
            var bytes = field.Type == WireType.Bytes ? field.Bytes : default;
            if (field.Type == WireType.Fixed64)
            {
                Keep(field.Number);
            }

            if (bytes.Length % sizeof(ulong) != 0)
            {
                return false;
            }

            for (; !bytes.IsEmpty; bytes = bytes[sizeof(ulong)..])
            {
                Keep(System.Buffers.Binary.BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            }

            return true;

            // One more than is shown, so that what has too many is known to.
            void Keep(ulong bits)
            {
                if (into.Count <= MaxBuckets)
                {
                    into.Add(areDoubles ? BitConverter.UInt64BitsToDouble(bits) : bits);
                }
            }
        }
    }
}
