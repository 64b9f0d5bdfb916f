using System.Buffers;
using System.Globalization;
using System.Text;

namespace FlyMQ.Broker.Telemetry.Otlp;

/// <summary>
/// Writes a client's <c>MetricsData</c> again with who the client is among the attributes of each resource, under the names of KIP-714. What the client itself says
/// under these names is left out; all else stays as it was written.
/// </summary>
internal static class IdentifiedMetrics
{
    private const byte BytesField1 = (1 << 3) | (int)WireType.Bytes, BytesField2 = (2 << 3) | (int)WireType.Bytes;

    /// <param name="data">What <see cref="MetricsDataReader"/> has read.</param>
    /// <param name="client">Who sent it.</param>
    /// <param name="brokerId">Who passes it on.</param>
    /// <param name="maxBytes">The most that may come of it.</param>
    /// <returns>Null when more would.</returns>
    public static byte[]? Write(ReadOnlySpan<byte> data, ClientIdentity client, int brokerId, int maxBytes)
    {
        var (names, attributes) = AttributesOf(client, brokerId);
        var output = new ArrayBufferWriter<byte>(data.Length + attributes.Length);
        var resource = new ArrayBufferWriter<byte>(attributes.Length);
        var reader = new ProtobufReader(data);
        while (reader.Next())
        {
            if (!reader.IsBytes(1))
            {
                output.Write(reader.Raw);
                continue;
            }

            resource.ResetWrittenCount();
            var others = WriteResource(reader.Bytes, names, attributes, resource);
            output.Write([BytesField1]);
            WriteVarint(output, 1 + VarintSize(resource.WrittenCount) + resource.WrittenCount + others);
            WriteBytes(output, BytesField1, resource.WrittenSpan);
            CopyOthers(reader.Bytes, output);
            if (output.WrittenCount > maxBytes)
            {
                return null;
            }
        }

        return output.WrittenSpan.ToArray();
    }

    /// <summary>The content of the resource: what the client says and is not ours to say, then ours.</summary>
    /// <returns>How many bytes the fields beside the resource have.</returns>
    private static int WriteResource(ReadOnlySpan<byte> resourceMetrics, HashSet<string> names, ReadOnlySpan<byte> attributes, ArrayBufferWriter<byte> resource)
    {
        var others = 0;
        var fields = new ProtobufReader(resourceMetrics);
        while (fields.Next())
        {
            if (!fields.IsBytes(1))
            {
                others += fields.Raw.Length;
                continue;
            }

            var inner = new ProtobufReader(fields.Bytes);
            while (inner.Next())
            {
                if (!inner.IsBytes(1) || !names.Contains(NameOf(inner.Bytes)))
                {
                    resource.Write(inner.Raw);
                }
            }
        }

        resource.Write(attributes);
        return others;
    }

    private static void CopyOthers(ReadOnlySpan<byte> resourceMetrics, ArrayBufferWriter<byte> output)
    {
        var fields = new ProtobufReader(resourceMetrics);
        while (fields.Next())
        {
            if (!fields.IsBytes(1))
            {
                output.Write(fields.Raw);
            }
        }
    }

    private static string NameOf(ReadOnlySpan<byte> attribute)
    {
        var name = "";
        var fields = new ProtobufReader(attribute);
        while (fields.Next())
        {
            name = fields.IsBytes(1) ? LabelText.Bounded(fields.Bytes) : name;
        }

        return name;
    }

    private static (HashSet<string> Names, byte[] Attributes) AttributesOf(ClientIdentity client, int brokerId)
    {
        (string Name, string Value)[] pairs =
        [
            ("client_instance_id", client.InstanceIdText),
            ("client_id", client.ClientId ?? ""),
            ("client_software_name", client.SoftwareName),
            ("client_software_version", client.SoftwareVersion),
            ("client_source_address", client.SourceAddress),
            ("client_source_port", client.SourcePort.ToString(CultureInfo.InvariantCulture)),
            ("broker_id", brokerId.ToString(CultureInfo.InvariantCulture)),
        ];
        var output = new ArrayBufferWriter<byte>();
        var (value, pair) = (new ArrayBufferWriter<byte>(), new ArrayBufferWriter<byte>());
        foreach (var (name, text) in pairs)
        {
            value.ResetWrittenCount();
            pair.ResetWrittenCount();
            WriteBytes(value, BytesField1, Encoding.UTF8.GetBytes(text));
            WriteBytes(pair, BytesField1, Encoding.UTF8.GetBytes(name));
            WriteBytes(pair, BytesField2, value.WrittenSpan);
            WriteBytes(output, BytesField1, pair.WrittenSpan);
        }

        return (pairs.Select(p => p.Name).ToHashSet(StringComparer.Ordinal), output.WrittenSpan.ToArray());
    }

    private static void WriteBytes(ArrayBufferWriter<byte> output, byte tag, ReadOnlySpan<byte> bytes)
    {
        output.Write([tag]);
        WriteVarint(output, bytes.Length);
        output.Write(bytes);
    }

    private static void WriteVarint(ArrayBufferWriter<byte> output, int value)
    {
        var rest = (uint)value;
        var span = output.GetSpan(5);
        var written = 0;
        for (; rest >= 0x80; rest >>= 7)
        {
            span[written++] = (byte)(rest | 0x80);
        }

        span[written++] = (byte)rest;
        output.Advance(written);
    }

    private static int VarintSize(int value)
    {
        var size = 1;
        for (var rest = (uint)value; rest >= 0x80; rest >>= 7)
        {
            size++;
        }

        return size;
    }
}
