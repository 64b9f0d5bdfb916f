namespace FlyMQ.Server.Exporters.Otlp.Metrics;

/// <summary>What an endpoint says to a request.</summary>
/// <param name="Taken">It is not to be sent again.</param>
/// <param name="RejectedPoints">How many of its points were left out all the same.</param>
internal readonly record struct OtlpAnswer(bool Taken, long RejectedPoints)
{
    private const int Varint = 0, Fixed64 = 1, Delimited = 2, Fixed32 = 5;

    // opentelemetry/proto/collector/metrics/v1/metrics_service.proto: both fields have the number 1.
    private const int PartialSuccess = 1, RejectedDataPoints = 1;

    /// <param name="body">An <c>ExportMetricsServiceResponse</c>; what is none rejects nothing.</param>
    /// <param name="isGrpc">It stands in gRPC's frame, uncompressed, for nothing else was asked for.</param>
    public static long Rejected(ReadOnlySpan<byte> body, bool isGrpc)
    {
        const int frame = 5;
        if (isGrpc)
        {
            body = body.Length > frame && body[0] == 0 ? body[frame..] : [];
        }

        return Find(body, PartialSuccess, Delimited, out _, out var partial) && Find(partial, RejectedDataPoints, Varint, out var rejected, out _)
            ? (long)Math.Min(rejected, long.MaxValue)
            : 0;
    }

    private static bool Find(ReadOnlySpan<byte> message, int field, int wireType, out ulong number, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        number = 0;
        while (Number(ref message, out var tag))
        {
            switch ((int)tag & 7)
            {
                case Varint when Number(ref message, out number):
                    break;
                case Fixed64 when message.Length >= sizeof(ulong):
                    message = message[sizeof(ulong)..];
                    break;
                case Fixed32 when message.Length >= sizeof(uint):
                    message = message[sizeof(uint)..];
                    break;
                case Delimited when Number(ref message, out var length) && length <= (ulong)message.Length:
                    bytes = message[..(int)length];
                    message = message[(int)length..];
                    break;
                default:
                    return false;
            }

            if (tag == (ulong)((field << 3) | wireType))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Number(ref ReadOnlySpan<byte> message, out ulong value)
    {
        value = 0;
        for (var i = 0; i < message.Length && i < 10; i++)
        {
            value |= (ulong)(message[i] & 0x7F) << (7 * i);
            if (message[i] < 0x80)
            {
                message = message[(i + 1)..];
                return true;
            }
        }

        return false;
    }
}
