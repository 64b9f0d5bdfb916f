using System.Numerics;

namespace FlyMQ.Compatibility.Wire;

/// <summary>A handful of requests in old, simple versions that every broker of today still answers (KIP-896).</summary>
internal static class Frames
{
    public const short Produce = 0;
    public const short Fetch = 1;
    public const short Metadata = 3;
    public const short ApiVersionsKey = 18;
    public const short IncrementalAlterConfigs = 44;
    public const short AcksAll = -1;
    private const int ClientMetricsResource = 16;
    private const string ClientId = "flymq-compat";

    public static byte[] ApiVersions(int correlationId) => Header(ApiVersionsKey, 0, correlationId).ToFrame();

    /// <summary>Metadata of one topic, version 1.</summary>
    public static byte[] MetadataOf(int correlationId, string topic) =>
        Header(Metadata, 1, correlationId).Int32(1).String(topic).ToFrame();

    /// <summary>Produce version 3 with one partition.</summary>
    public static byte[] ProduceTo(int correlationId, string topic, int partition, short acks, ReadOnlySpan<byte> batch) =>
        Header(Produce, 3, correlationId)
            .String(null)              // no transactional id
            .Int16(acks).Int32(30_000)
            .Int32(1).String(topic).Int32(1).Int32(partition)
            .Int32(batch.Length).Raw(batch)
            .ToFrame();

    /// <summary>Fetch version 4 of one partition, answered at once.</summary>
    public static byte[] FetchFrom(int correlationId, string topic, int partition, long offset) =>
        Header(Fetch, 4, correlationId)
            .Int32(-1).Int32(0).Int32(1).Int32(1 << 20).Int8(0)
            .Int32(1).String(topic).Int32(1)
            .Int32(partition).Int64(offset).Int32(1 << 20)
            .ToFrame();

    /// <summary>IncrementalAlterConfigs version 0: what every client is asked to tell of itself (KIP-714).</summary>
    public static byte[] SubscribeToClientMetrics(string name, string metrics, int intervalMs) =>
        Header(IncrementalAlterConfigs, 0, correlationId: 1)
            .Int32(1).Int8(ClientMetricsResource).String(name).Int32(2)
            .String("metrics").Int8(0).String(metrics)
            .String("interval.ms").Int8(0).String(intervalMs.ToString(System.Globalization.CultureInfo.InvariantCulture))
            .Int8(0)
            .ToFrame();

    /// <summary>A record batch v2 of the given values: no keys, no compression, no producer id.</summary>
    public static byte[] Batch(params ReadOnlySpan<byte[]> values) => IdempotentBatch(-1, -1, -1, values);

    /// <summary>The same of an idempotent producer.</summary>
    public static byte[] IdempotentBatch(long producerId, short epoch, int sequence, params ReadOnlySpan<byte[]> values)
    {
        var records = new FrameWriter();
        for (var i = 0; i < values.Length; i++)
        {
            var record = new FrameWriter().Int8(0).Varint(0).Varint(i).Varint(-1).Varint(values[i].Length).Raw(values[i]).Varint(0).ToArray();
            records.Varint(record.Length).Raw(record);
        }

        var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        var covered = new FrameWriter()
            .Int16(0).Int32(values.Length - 1).Int64(now).Int64(now)
            .Int64(producerId).Int16(epoch).Int32(sequence).Int32(values.Length)
            .Raw(records.ToArray()).ToArray();
        return new FrameWriter()
            .Int64(0).Int32(4 + 1 + 4 + covered.Length)
            .Int32(-1).Int8(2).UInt32(Crc(covered)).Raw(covered)
            .ToArray();
    }

    public static FrameWriter Header(short apiKey, short version, int correlationId) =>
        new FrameWriter().Int16(apiKey).Int16(version).Int32(correlationId).String(ClientId);

    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            crc = BitOperations.Crc32C(crc, value);
        }

        return ~crc;
    }
}
