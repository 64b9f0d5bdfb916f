namespace FlyMQ.Storage.Files;

/// <summary>
/// The only way to a file system. Calls block: they belong on threads of their own (journal, settler), never on a connection's. Creating, renaming
/// and deleting are durable only after <see cref="SyncFolder"/>. Safe to call from any thread.
/// </summary>
/// <remarks>
/// Errors are <see cref="IOException"/>s; a full disk is a <see cref="StorageFullException"/>, no handle left a
/// <see cref="TooManyOpenFilesException"/>. Nothing is retried here.
/// </remarks>
public interface IFiles
{
    IFile Open(string path, FileOpenMode mode, FileAccessHint hint = FileAccessHint.Buffered);

    bool FileExists(string path);

    bool FolderExists(string path);

    /// <summary>Also the parents that are missing; each new folder's parent is synced.</summary>
    void CreateFolder(string path);

    /// <summary>Replaces <paramref name="to"/> when it exists.</summary>
    void Rename(string from, string to);

    void RenameFolder(string from, string to);

    /// <summary>A file that is not there is fine.</summary>
    void Delete(string path);

    /// <summary>With everything in it; a folder that is not there is fine.</summary>
    void DeleteFolder(string path);

    /// <summary>Names, without the path, of the files and folders in a folder, in ordinal order.</summary>
    IReadOnlyList<FolderEntry> List(string path);

    void SyncFolder(string path);

    /// <summary>Bytes that may still be written to the file system that holds <paramref name="path"/>.</summary>
    long FreeBytes(string path);

    /// <summary>Takes the exclusive lock of a folder, until disposed or the process ends.</summary>
    /// <returns>Null when another process holds it.</returns>
    IDisposable? TryLock(string path);
}

/// <summary>An entry of <see cref="IFiles.List"/>.</summary>
public readonly record struct FolderEntry(string Name, bool IsFolder, long Length);

public enum FileOpenMode
{
    /// <summary>Fails when there is none.</summary>
    Existing,

    /// <summary>Fails when there is one.</summary>
    CreateNew,

    /// <summary>Never truncates: truncating makes ext4 start write-back at close.</summary>
    OpenOrCreate,

    /// <summary>For reading alone.</summary>
    Read,
}

public enum FileAccessHint
{
    Buffered,

    /// <summary>Every write is on stable storage when it returns (O_DSYNC).</summary>
    DataSync,

    /// <summary>
    /// <see cref="DataSync"/> past the page cache (O_DIRECT): positions, lengths and memory are multiples of 4096. Falls back to
    /// <see cref="DataSync"/> on a file system that has no O_DIRECT.
    /// </summary>
    DirectDataSync,
}
