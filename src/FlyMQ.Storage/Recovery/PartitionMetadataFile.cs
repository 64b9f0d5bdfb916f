using System.Text;
using FlyMQ.Storage.Files;
using FlyMQ.Storage.Segments;

namespace FlyMQ.Storage.Recovery;

/// <summary>Kafka's <c>partition.metadata</c>: which topic id a folder belongs to (KIP-516), so that a re-created topic never sees old files.</summary>
internal static class PartitionMetadataFile
{
    public static void Write(IFiles files, string folder, Guid topicId)
        => AtomicFile.Write(files, Path.Combine(folder, LogFileNames.PartitionMetadata), Encoding.ASCII.GetBytes($"version: 0\ntopic_id: {Text(topicId)}\n"));

    /// <returns>Null when there is none, or none that reads.</returns>
    public static Guid? Read(IFiles files, string folder)
    {
        var path = Path.Combine(folder, LogFileNames.PartitionMetadata);
        if (!files.FileExists(path))
        {
            return null;
        }

        const string Key = "topic_id: ";
        var line = Encoding.ASCII.GetString(AtomicFile.Read(files, path)).Split('\n').FirstOrDefault(l => l.StartsWith(Key, StringComparison.Ordinal));
        return line is null ? null : Parse(line[Key.Length..].Trim());
    }

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
