namespace FlyMQ.Storage.Files;

/// <summary>Small files that are replaced whole: written beside, flushed, renamed.</summary>
internal static class AtomicFile
{
    private const string Suffix = ".tmp";

    /// <summary>Durable when it returns; a crash leaves the old content or the new.</summary>
    public static void Write(IFiles files, string path, ReadOnlySpan<byte> bytes)
    {
        Replace(files, path, bytes);
        files.SyncFolder(Path.GetDirectoryName(path)!);
    }

    /// <summary>The same, durable once the caller has synced the folder.</summary>
    public static void Replace(IFiles files, string path, ReadOnlySpan<byte> bytes)
    {
        var beside = path + Suffix;
        files.Delete(beside);
        using (var file = files.Open(beside, FileOpenMode.CreateNew))
        {
            file.Write(bytes, 0);
            file.Flush();
        }

        files.Rename(beside, path);
    }

    public static byte[] Read(IFiles files, string path)
    {
        using var file = files.Open(path, FileOpenMode.Read);
        var bytes = new byte[file.Length];
        var read = file.Read(bytes, 0);
        return read == bytes.Length ? bytes : bytes[..read];
    }
}
