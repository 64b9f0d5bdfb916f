#pragma warning disable RS0030 // This is the one place of the storage that touches the file system; everything else goes through IFiles.
using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace FlyMQ.Storage.Files;

/// <summary>The operating system's files (Linux).</summary>
public sealed class OsFiles : IFiles
{
    public static readonly OsFiles Instance = new();

    private OsFiles()
    {
    }

    public IFile Open(string path, FileOpenMode mode, FileAccessHint hint = FileAccessHint.Buffered)
    {
        var access = mode == FileOpenMode.Read ? LibC.ReadOnly : LibC.ReadWrite;
        var create = mode switch
        {
            FileOpenMode.CreateNew => LibC.Create | LibC.Exclusive,
            FileOpenMode.OpenOrCreate => LibC.Create,
            _ => 0,
        };
        var sync = hint switch
        {
            FileAccessHint.DataSync => LibC.DataSync,
            FileAccessHint.DirectDataSync => LibC.DataSync | LibC.Direct,
            _ => 0,
        };
        var descriptor = LibC.Open(path, access | create | sync | LibC.CloseOnExec, 0b110_100_100);
        if (descriptor < 0 && hint == FileAccessHint.DirectDataSync && LibC.LastError == LibC.InvalidArgument)
        {
            // The file system has no O_DIRECT. The failed call may have created the file already.
            descriptor = LibC.Open(path, access | (create & ~LibC.Exclusive) | LibC.DataSync | LibC.CloseOnExec, 0b110_100_100);
        }

        return descriptor >= 0 ? new OsFile(path, new SafeFileHandle(descriptor, ownsHandle: true)) : throw LibC.Failure("open", path);
    }

    public bool FileExists(string path) => File.Exists(path);

    public bool FolderExists(string path) => Directory.Exists(path);

    public void CreateFolder(string path)
    {
        if (Directory.Exists(path))
        {
            return;
        }

        var parent = Path.GetDirectoryName(Path.GetFullPath(path));
        if (parent is not null)
        {
            CreateFolder(parent);
        }

        Directory.CreateDirectory(path);
        if (parent is not null)
        {
            SyncFolder(parent);
        }
    }

    public void Rename(string from, string to) => Guard(() => File.Move(from, to, overwrite: true), to);

    public void RenameFolder(string from, string to) => Guard(() => Directory.Move(from, to), to);

    public void Delete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (DirectoryNotFoundException)
        {
        }
    }

    public void DeleteFolder(string path)
    {
        try
        {
            Guard(() => Directory.Delete(path, recursive: true), path);
        }
        catch (DirectoryNotFoundException)
        {
        }
    }

    public IReadOnlyList<FolderEntry> List(string path)
    {
        var entries = new List<FolderEntry>();
        Guard(() =>
        {
            foreach (var entry in new DirectoryInfo(path).EnumerateFileSystemInfos())
            {
                entries.Add(entry is FileInfo file ? new FolderEntry(file.Name, IsFolder: false, file.Length) : new FolderEntry(entry.Name, IsFolder: true, 0));
            }
        }, path);
        entries.Sort((a, b) => string.CompareOrdinal(a.Name, b.Name));
        return entries;
    }

    // .NET cannot open a folder for flushing.
    public void SyncFolder(string path)
    {
        var descriptor = LibC.Open(path, LibC.ReadOnly | LibC.Folder | LibC.CloseOnExec, 0);
        if (descriptor < 0)
        {
            throw LibC.Failure("open", path);
        }

        using var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        if (LibC.Fsync(descriptor) != 0)
        {
            throw LibC.Failure("fsync", path);
        }
    }

    public long FreeBytes(string path) => new DriveInfo(path).AvailableFreeSpace;

    public IDisposable? TryLock(string path)
    {
        var descriptor = LibC.Open(path, LibC.ReadWrite | LibC.Create | LibC.CloseOnExec, 0b110_100_100);
        if (descriptor < 0)
        {
            throw LibC.Failure("open", path);
        }

        var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        if (LibC.Flock(descriptor, LibC.LockExclusive | LibC.LockNonBlocking) == 0)
        {
            return handle;
        }

        handle.Dispose();
        return null;
    }

    private static void Guard(Action action, string path)
    {
        try
        {
            action();
        }
        catch (IOException e) when ((e.HResult & 0xFFFF) is LibC.NoSpace or LibC.QuotaExceeded)
        {
            throw new StorageFullException(string.Create(CultureInfo.InvariantCulture, $"No room for {path}."), e);
        }
        catch (IOException e) when ((e.HResult & 0xFFFF) is LibC.ProcessFileLimit or LibC.SystemFileLimit)
        {
            throw LibC.TooManyOpenFiles(e.HResult & 0xFFFF, $"Cannot open {path}", e);
        }
    }
}
