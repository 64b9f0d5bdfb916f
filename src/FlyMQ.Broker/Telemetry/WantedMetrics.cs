using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using FlyMQ.Records;

namespace FlyMQ.Broker.Telemetry;

/// <summary>What one client is asked for: the subscriptions that match it, put together.</summary>
/// <param name="Prefixes">Of metrics' names, in order; <see cref="All"/> alone for all; empty when nothing is asked for.</param>
/// <param name="IntervalMs">How often it should push, or ask again.</param>
internal sealed record WantedMetrics(IReadOnlyList<string> Prefixes, int IntervalMs)
{
    public const string All = "*";

    /// <summary>How often a client asks that no subscription is for.</summary>
    public const int DefaultIntervalMs = 300_000;

    public TimeSpan Interval => TimeSpan.FromMilliseconds(IntervalMs);

    /// <summary>
    /// What a push refers to: CRC-32C of the prefixes and the interval, mixed with the client's instance id, as Kafka has it. The same on every node and after
    /// a restart, so that a client need not ask again.
    /// </summary>
    public int SubscriptionIdOf(Guid clientInstanceId)
    {
        Span<byte> id = stackalloc byte[16];
        clientInstanceId.TryWriteBytes(id, bigEndian: true, out _);
        var folded = BinaryPrimitives.ReadInt64BigEndian(id) ^ BinaryPrimitives.ReadInt64BigEndian(id[8..]);
        var text = string.Create(CultureInfo.InvariantCulture, $"[{string.Join(", ", Prefixes)}]{IntervalMs}");
        return (int)Crc32C.Compute(Encoding.UTF8.GetBytes(text)) ^ (int)(folded >> 32) ^ (int)folded;
    }
}
