using System.Globalization;
using System.Text;
using FlyMQ.Records;
using FlyMQ.Storage.Files;
using FlyMQ.Storage.Segments;

namespace FlyMQ.Storage.Recovery;

/// <summary>
/// Kafka's <c>partition.metadata</c>: which topic id a folder belongs to (KIP-516), so that a re-created topic never sees old files. A line more than Kafka
/// writes has a checksum, for one changed letter would make the log another topic's.
/// </summary>
internal static class PartitionMetadataFile
{
    private const string IdKey = "topic_id: ", CrcKey = "crc: ";

    public static void Write(IFiles files, string folder, Guid topicId)
    {
        var text = $"version: 0\n{IdKey}{Text(topicId)}\n";
        AtomicFile.Write(files, Path.Combine(folder, LogFileNames.PartitionMetadata), Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{text}{CrcKey}{Crc(text):x8}\n")));
    }

    /// <returns>Null when there is none.</returns>
    /// <exception cref="InvalidDataException">There is one that does not read.</exception>
    public static Guid? Read(IFiles files, string folder)
    {
        var path = Path.Combine(folder, LogFileNames.PartitionMetadata);
        if (!files.FileExists(path))
        {
            return null;
        }

        var text = Encoding.ASCII.GetString(AtomicFile.Read(files, path));
        var lines = text.Split('\n');
        if (lines is [_, var idLine, ..] && idLine.StartsWith(IdKey, StringComparison.Ordinal) && Parse(idLine[IdKey.Length..]) is { } id
            && (lines is [_, _, ""] || (lines is [var first, _, var crcLine, ""] && crcLine == string.Create(CultureInfo.InvariantCulture, $"{CrcKey}{Crc($"{first}\n{idLine}\n"):x8}"))))
        {
            return id;
        }

        throw new InvalidDataException($"{path} is damaged: it does not say whose log this is. Nothing was changed.");
    }

    private static uint Crc(string text) => Crc32C.Compute(Encoding.ASCII.GetBytes(text));

    // Kafka writes ids as URL-safe base64 of the sixteen bytes, most significant first.
    private static string Text(Guid id) => Convert.ToBase64String(id.ToByteArray(bigEndian: true)).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    private static Guid? Parse(string text)
    {
        var bytes = new byte[16];
        return Convert.TryFromBase64String(text.Replace('-', '+').Replace('_', '/') + "==", bytes, out var written) && written == 16
            ? new Guid(bytes, bigEndian: true)
            : null;
    }
}
