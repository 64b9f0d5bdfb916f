namespace FlyMQ.Storage.Files;

/// <summary>
/// Another file system, but what cannot be opened because the process has too many files open is tried again after one of them was closed: connections may
/// have taken every handle that was left.
/// </summary>
/// <param name="files">The file system.</param>
/// <param name="closeOne">Closes a file that can be opened again; false when there is none.</param>
internal sealed class HandleSparingFiles(IFiles files, Func<bool> closeOne) : IFiles
{
    // Another thread, or a connection, may be quicker to take what was closed.
    private const int Attempts = 4;

    public IFile Open(string path, FileOpenMode mode, FileAccessHint hint) => Try(() => files.Open(path, mode, hint));

    public bool FileExists(string path) => files.FileExists(path);

    public bool FolderExists(string path) => files.FolderExists(path);

    public void CreateFolder(string path)
    {
        if (files.FolderExists(path))
        {
            return;
        }

        var parent = Path.GetDirectoryName(path)!;
        CreateFolder(parent);
        try
        {
            files.CreateFolder(path);
        }
        catch (TooManyOpenFilesException) when (files.FolderExists(path))
        {
            // Made without a handle, and not synced for want of one. Made again it would count as there.
            SyncFolder(parent);
        }
    }

    public void Rename(string from, string to) => files.Rename(from, to);

    public void RenameFolder(string from, string to) => files.RenameFolder(from, to);

    public void Delete(string path) => files.Delete(path);

    public void DeleteFolder(string path) => Try(() => files.DeleteFolder(path));

    public IReadOnlyList<FolderEntry> List(string path) => Try(() => files.List(path));

    public void SyncFolder(string path) => Try(() => files.SyncFolder(path));

    public long FreeBytes(string path) => files.FreeBytes(path);

    public IDisposable? TryLock(string path) => Try(() => files.TryLock(path));

    private void Try(Action action) => Try(() =>
    {
        action();
        return true;
    });

    private T Try<T>(Func<T> action)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return action();
            }
            catch (TooManyOpenFilesException) when (attempt < Attempts && closeOne())
            {
            }
        }
    }
}
