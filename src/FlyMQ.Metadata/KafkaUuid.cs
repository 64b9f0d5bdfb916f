using System.Buffers.Text;

namespace FlyMQ.Metadata;

/// <summary>Kafka's text form of a uuid: its 16 bytes, big-endian, as url-safe base64 without padding (22 characters).</summary>
public static class KafkaUuid
{
    /// <summary>The 22 characters that clients and tools show for <paramref name="id"/>.</summary>
    public static string ToText(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>Reads what <see cref="ToText"/> wrote; false for anything that is not 16 bytes of url-safe base64.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Guid id)
    {
        Span<byte> bytes = stackalloc byte[18];
        id = Guid.Empty;
        if (text.Length is < 22 or > 24 || !Base64Url.IsValid(text, out var length) || length != 16)
        {
            return false;
        }

        Base64Url.DecodeFromChars(text, bytes);
        id = new Guid(bytes[..16], bigEndian: true);
        return true;
    }
}
