using System.Buffers.Binary;
using System.Text;

namespace FlyMQ.Broker.Tests.Telemetry;

/// <summary>Writes OTLP's metrics by hand, so that the reader is not judged by itself: a message is the concatenation of its fields.</summary>
internal static class Otlp
{
    public static byte[] Message(int field, params byte[][] fields)
    {
        var content = Concat(fields);
        return [.. Varint((ulong)field << 3 | 2), .. Varint((ulong)content.Length), .. content];
    }

    public static byte[] Text(int field, string text) => Message(field, Encoding.UTF8.GetBytes(text));

    public static byte[] Number(int field, long value) => [.. Varint((ulong)field << 3), .. Varint((ulong)value)];

    public static byte[] Fixed(int field, long value)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        return [.. Varint((ulong)field << 3 | 1), .. bytes];
    }

    public static byte[] Fixed(int field, double value) => Fixed(field, BitConverter.DoubleToInt64Bits(value));

    public static byte[] Attribute(int field, string name, string value) => Message(field, Text(1, name), Message(2, Text(1, value)));

    public static byte[] Concat(params byte[][] fields) => [.. fields.SelectMany(f => f)];

    /// <summary>One resource with one scope that has these metrics.</summary>
    public static byte[] MetricsData(params byte[][] metrics) => Message(1, Message(1), Message(2, metrics));

    public static byte[] Metric(string name, byte[] data) => Message(2, Text(1, name), Text(2, "a description"), data);

    public static byte[] Gauge(string name, params byte[][] points) => Metric(name, Message(5, points));

    public static byte[] Sum(string name, bool isMonotonic, int temporality, params byte[][] points) =>
        Metric(name, Message(7, [.. points, Number(2, temporality), Number(3, isMonotonic ? 1 : 0)]));

    public static byte[] Total(string name, double value) => Sum(name, isMonotonic: true, temporality: 2, Point(value));

    public static byte[] Point(double value, params (string Name, string Value)[] attributes) =>
        Message(1, [.. attributes.Select(a => Attribute(7, a.Name, a.Value)), Fixed(2, 1), Fixed(3, 2), Fixed(4, value)]);

    public static byte[] Varint(ulong value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7)
        {
            bytes.Add((byte)(value | 0x80));
        }

        bytes.Add((byte)value);
        return [.. bytes];
    }
}
