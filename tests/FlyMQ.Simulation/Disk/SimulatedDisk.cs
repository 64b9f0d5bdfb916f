using FlyMQ.Storage.Files;

namespace FlyMQ.Simulation.Disk;

/// <summary>
/// A file system in memory that forgets as the worst legal one would: bytes that were not flushed are lost or torn page by page, names that were not
/// synced come or go in any combination, flushes fail on command, and room and handles run out. One thread at a time.
/// </summary>
internal sealed class SimulatedDisk(Random random) : IFiles
{
    private readonly FolderInode _root = new();
    private readonly List<string> _open = [];
    private long _opsToPowerLoss = -1;
    private int _flushesToFailure = -1;
    private int _life;
    private bool _off;

    /// <summary>Bytes there is room for.</summary>
    public long Capacity { get; set; } = long.MaxValue;

    /// <summary>False: a flush that says yes and does nothing. The run must notice.</summary>
    public bool FlushesReachTheDisk { get; init; } = true;

    /// <summary>The most files that may be open; a folder that is synced is one for that long.</summary>
    public int MaxHandles { get; set; } = int.MaxValue;

    public int OpenHandles => _open.Count;

    /// <summary>Of the files that are open.</summary>
    public IReadOnlyList<string> OpenPaths => _open;

    /// <summary>The most log files of segments that were open at a time since the last start.</summary>
    public int MostOpenLogs { get; private set; }

    public int Flushes { get; private set; }

    /// <summary>Opened since the last start.</summary>
    public List<string> Opened { get; } = [];

    public bool HasFailedFlush { get; private set; }

    public bool WasFull { get; private set; }

    public bool WasOutOfHandles { get; private set; }

    public long UsedBytes => Size(_root);

    /// <summary>Every file that holds something.</summary>
    public IEnumerable<string> Paths => PathsIn(_root, "/");

    /// <summary>Changes one byte of a file, on disk and in the page cache.</summary>
    public void Damage(string path)
    {
        var (folder, name) = Resolve(path);
        ((FileInode)folder.Entries[name]).Damage(random);
    }

    /// <summary>After that many more changes the power goes, in the middle of one.</summary>
    public void LosePowerAfter(int changes) => _opsToPowerLoss = changes;

    public void FailFlushAfter(int flushes) => _flushesToFailure = flushes;

    public void StopFailing()
    {
        _flushesToFailure = -1;
        HasFailedFlush = false;
        WasFull = false;
        WasOutOfHandles = false;
        Capacity = long.MaxValue;
        MaxHandles = int.MaxValue;
    }

    /// <summary>The process is gone; what it wrote is in the page cache.</summary>
    public void Kill()
    {
        _life++;
        _off = false;
        _opsToPowerLoss = -1;
        _open.Clear();
        MostOpenLogs = 0;
        MaxHandles = int.MaxValue;
        WasOutOfHandles = false;
        Opened.Clear();
    }

    /// <summary>The machine was off; only the disk remembers.</summary>
    public void LosePower()
    {
        _root.LosePower(random);
        Kill();
    }

    public IFile Open(string path, FileOpenMode mode, FileAccessHint hint)
    {
        CheckPower();
        var (folder, name) = Resolve(path);
        var exists = folder.Entries.TryGetValue(name, out var inode);
        if (!exists && mode is FileOpenMode.Existing or FileOpenMode.Read)
        {
            throw new FileNotFoundException($"open {path}: no such file", path);
        }

        if (exists && mode == FileOpenMode.CreateNew)
        {
            throw new IOException($"open {path}: file exists");
        }

        CheckHandles(path);

        if (!exists)
        {
            Step();
            CheckRoom(0, path);
            inode = new FileInode();
            folder.Change(entries => entries[name] = inode);
        }

        Opened.Add(path);
        _open.Add(path);
        MostOpenLogs = Math.Max(MostOpenLogs, _open.Count(p => p.EndsWith(".log", StringComparison.Ordinal)));
        return new Handle(this, path, (FileInode)inode!, mode, hint);
    }

    public bool FileExists(string path)
    {
        CheckPower();
        return TryResolve(path, out var folder, out var name) && folder.Entries.TryGetValue(name, out var inode) && inode is FileInode;
    }

    public bool FolderExists(string path)
    {
        CheckPower();
        return path is "/" || (TryResolve(path, out var folder, out var name) && folder.Entries.TryGetValue(name, out var inode) && inode is FolderInode);
    }

    public void CreateFolder(string path)
    {
        if (FolderExists(path))
        {
            return;
        }

        CreateFolder(Path.GetDirectoryName(path)!);
        Step();
        CheckRoom(0, path);
        var (folder, name) = Resolve(path);
        var created = new FolderInode();
        folder.Change(entries => entries[name] = created);
        SyncFolder(Path.GetDirectoryName(path)!);
    }

    public void Rename(string from, string to)
    {
        Step();
        var (folder, name) = Resolve(from);
        var (target, newName) = Resolve(to);
        if (folder != target)
        {
            throw new NotSupportedException("Renaming across folders.");
        }

        if (!folder.Entries.TryGetValue(name, out var inode))
        {
            throw new FileNotFoundException($"rename {from}: no such file", from);
        }

        folder.Change(entries =>
        {
            entries.Remove(name);
            entries[newName] = inode;
        });
    }

    public void RenameFolder(string from, string to) => Rename(from, to);

    public void Delete(string path)
    {
        Step();
        if (TryResolve(path, out var folder, out var name) && folder.Entries.ContainsKey(name))
        {
            folder.Change(entries => entries.Remove(name));
        }
    }

    public void DeleteFolder(string path)
    {
        if (!FolderExists(path))
        {
            return;
        }

        foreach (var entry in List(path))
        {
            if (entry.IsFolder)
            {
                DeleteFolder(Path.Combine(path, entry.Name));
            }
            else
            {
                Delete(Path.Combine(path, entry.Name));
            }
        }

        Delete(path);
    }

    public IReadOnlyList<FolderEntry> List(string path)
    {
        CheckPower();
        return [.. FolderAt(path).Entries.Select(e => new FolderEntry(e.Key, e.Value is FolderInode, e.Value is FileInode file ? file.Length : 0))];
    }

    public void SyncFolder(string path)
    {
        CheckPower();
        CheckHandles(path);
        Step();
        Flushed(path);
        if (FlushesReachTheDisk)
        {
            FolderAt(path).Sync();
        }
    }

    public long FreeBytes(string path)
    {
        CheckPower();
        return Math.Max(0, Capacity - UsedBytes);
    }

    public IDisposable? TryLock(string path) => throw new NotSupportedException("The store takes no lock.");

    private static IEnumerable<string> PathsIn(FolderInode folder, string path) => folder.Entries.SelectMany(entry => entry.Value switch
    {
        FolderInode inner => PathsIn(inner, Path.Combine(path, entry.Key)),
        FileInode { Length: > 0 } => [Path.Combine(path, entry.Key)],
        _ => [],
    });

    private static long Size(Inode inode) => inode switch
    {
        FolderInode folder => folder.Entries.Values.Sum(Size),
        FileInode file => file.DiskBytes,
        _ => 0,
    };

    private void CheckPower()
    {
        if (_off)
        {
            throw new PowerLossException();
        }
    }

    private void Step()
    {
        if (PowerGoesNow())
        {
            throw new PowerLossException();
        }
    }

    private bool PowerGoesNow()
    {
        CheckPower();
        if (_opsToPowerLoss < 0 || _opsToPowerLoss-- > 0)
        {
            return false;
        }

        _off = true;
        return true;
    }

    private bool FlushFails()
    {
        Flushes++;
        if (_flushesToFailure < 0 || _flushesToFailure-- > 0)
        {
            return false;
        }

        HasFailedFlush = true;
        return true;
    }

    private void Flushed(string path)
    {
        if (FlushFails())
        {
            throw new IOException($"fsync {path}: input/output error");
        }
    }

    private void CheckRoom(long growth, string path)
    {
        if (Capacity != long.MaxValue && UsedBytes + growth > Capacity)
        {
            WasFull = true;
            throw new StorageFullException($"No room for {path}.");
        }
    }

    private void CheckHandles(string path)
    {
        if (OpenHandles >= MaxHandles)
        {
            WasOutOfHandles = true;
            throw new TooManyOpenFilesException($"open {path}: too many open files");
        }
    }

    private FolderInode FolderAt(string path)
    {
        var folder = _root;
        foreach (var part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            folder = folder.Entries.TryGetValue(part, out var inode) && inode is FolderInode found ? found : throw new DirectoryNotFoundException(path);
        }

        return folder;
    }

    private (FolderInode Folder, string Name) Resolve(string path) => (FolderAt(Path.GetDirectoryName(path)!), Path.GetFileName(path));

    private bool TryResolve(string path, out FolderInode folder, out string name)
    {
        try
        {
            (folder, name) = Resolve(path);
            return true;
        }
        catch (DirectoryNotFoundException)
        {
            folder = _root;
            name = "";
            return false;
        }
    }

    private sealed class Handle : IFile
    {
        private readonly SimulatedDisk _disk;
        private readonly string _path;
        private readonly FileInode _inode;
        private readonly FileOpenMode _mode;
        private readonly FileAccessHint _hint;
        private readonly int _life;
        private bool _closed;

        public Handle(SimulatedDisk disk, string path, FileInode inode, FileOpenMode mode, FileAccessHint hint)
        {
            (_disk, _path, _inode, _mode, _hint, _life) = (disk, path, inode, mode, hint, disk._life);
        }

        public long Length
        {
            get
            {
                Check();
                return _inode.Length;
            }
        }

        public int Read(Span<byte> destination, long position)
        {
            Check();
            var count = (int)Math.Clamp(_inode.Length - position, 0, destination.Length);
            _inode.Content.Slice((int)Math.Min(position, _inode.Length), count).CopyTo(destination);
            return count;
        }

        public void Write(IReadOnlyList<ReadOnlyMemory<byte>> sources, long position)
            => Write(sources.SelectMany(s => s.ToArray()).ToArray(), position);

        public void Write(ReadOnlySpan<byte> source, long position)
        {
            CheckWritable();
            Assert.True(_hint != FileAccessHint.DirectDataSync || (source.Length % FileInode.Page == 0 && position % FileInode.Page == 0), "A direct write is not of whole pages.");
            var direct = _hint != FileAccessHint.Buffered;
            if (_disk.PowerGoesNow())
            {
                WriteInPart(source, (int)position, direct);
                throw new PowerLossException();
            }

            var growth = Math.Max(0, position + source.Length - _inode.DiskBytes);
            if (growth > 0 && _disk.Capacity != long.MaxValue && _disk.UsedBytes + growth > _disk.Capacity)
            {
                WriteInPart(source, (int)position, direct);
                _disk.CheckRoom(growth, _path);
            }

            if (direct && _disk.FlushFails())
            {
                _inode.FailDirect(source, (int)position, _disk.Chance);
                throw new IOException($"write {_path}: input/output error");
            }

            _inode.Write(source, (int)position);
            if (direct && _disk.FlushesReachTheDisk)
            {
                _inode.Flush();
            }
        }

        public void Flush()
        {
            CheckWritable();
            _disk.Step();
            if (_disk.FlushFails())
            {
                _inode.FailFlush(_disk.Chance);
                throw new IOException($"fdatasync {_path}: input/output error");
            }

            if (_disk.FlushesReachTheDisk)
            {
                _inode.Flush();
            }
        }

        public void Truncate(long length)
        {
            CheckWritable();
            _disk.Step();
            _inode.Truncate((int)length);
        }

        public void Preallocate(long length) => CheckWritable();

        public void Dispose()
        {
            if (!_closed && _life == _disk._life)
            {
                _disk._open.Remove(_path);
            }

            _closed = true;
        }

        private void WriteInPart(ReadOnlySpan<byte> source, int position, bool direct)
        {
            if (direct)
            {
                _inode.FailDirect(source, position, _disk.Chance);
            }
            else
            {
                _inode.Write(source[.._disk.Chance.Next(source.Length + 1)], position);
            }
        }

        private void Check()
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            _disk.CheckPower();
            Assert.True(_life == _disk._life, $"{_path} is used by a process that is gone.");
        }

        private void CheckWritable()
        {
            Check();
            Assert.True(_mode != FileOpenMode.Read, $"{_path} was opened for reading.");
        }
    }

    private Random Chance => random;
}
