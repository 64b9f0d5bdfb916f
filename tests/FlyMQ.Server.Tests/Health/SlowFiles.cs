using FlyMQ.Storage.Files;

namespace FlyMQ.Server.Tests.Health;

/// <summary>The operating system's files, with a say in every write.</summary>
internal sealed class SlowFiles(Action beforeFlush) : IFiles
{
    private readonly OsFiles _files = OsFiles.Instance;

    public IFile Open(string path, FileOpenMode mode, FileAccessHint hint = FileAccessHint.Buffered) => new SlowFile(_files.Open(path, mode, hint), beforeFlush);

    public bool FileExists(string path) => _files.FileExists(path);

    public bool FolderExists(string path) => _files.FolderExists(path);

    public void CreateFolder(string path) => _files.CreateFolder(path);

    public void Rename(string from, string to) => _files.Rename(from, to);

    public void RenameFolder(string from, string to) => _files.RenameFolder(from, to);

    public void Delete(string path) => _files.Delete(path);

    public void DeleteFolder(string path) => _files.DeleteFolder(path);

    public IReadOnlyList<FolderEntry> List(string path) => _files.List(path);

    public void SyncFolder(string path) => _files.SyncFolder(path);

    public long FreeBytes(string path) => _files.FreeBytes(path);

    public IDisposable? TryLock(string path) => _files.TryLock(path);

    private sealed class SlowFile(IFile file, Action beforeFlush) : IFile
    {
        public long Length => file.Length;

        public int Read(Span<byte> destination, long position) => file.Read(destination, position);

        public void Write(ReadOnlySpan<byte> source, long position) => file.Write(source, position);

        public void Write(IReadOnlyList<ReadOnlyMemory<byte>> sources, long position) => file.Write(sources, position);

        public void Flush()
        {
            beforeFlush();
            file.Flush();
        }

        public void Truncate(long length) => file.Truncate(length);

        public void Preallocate(long length) => file.Preallocate(length);

        public void Dispose() => file.Dispose();
    }
}
