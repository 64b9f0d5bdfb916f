using FlyMQ.Storage.Files;

namespace FlyMQ.Storage.Segments;

/// <summary>
/// The log file of one segment: opened when somebody needs it, closed when another needs its place or nobody used it for a while. Read by anybody, written by the
/// settler only. What was written is flushed before the file is closed: whether that went well is for sure only through a handle that was open meanwhile.
/// </summary>
internal sealed class LogFile(OpenLogFiles open, Func<IFile> openFile)
{
    private const int Closed = int.MinValue / 2;

    private readonly Lock _gate = new();
    private IFile? _file;
    private int _users = Closed;
    private bool _usedLately;
    private bool _needsFlush;
    private bool _isKept;

    /// <summary>Where it is among those that are open; theirs.</summary>
    public int Place { get; set; }

    /// <summary>Written since the last flush. A file that is closed is not.</summary>
    public bool NeedsFlush => Volatile.Read(ref _needsFlush);

    /// <summary>The open file, which stays so until the use is disposed.</summary>
    /// <exception cref="IOException"/>
    public LogFileUse Use() => Use(toWrite: false);

    /// <summary>The same, but only when it is open.</summary>
    public LogFileUse? UseIfOpen() => TryEnter() ? new LogFileUse(this, _file!) : null;

    /// <summary>Settler. One gathering write.</summary>
    public void Write(IReadOnlyList<ReadOnlyMemory<byte>> pieces, long position)
    {
        using var use = Use(toWrite: true);
        Volatile.Write(ref _needsFlush, true);
        use.File.Write(pieces, position);
    }

    /// <summary>Settler.</summary>
    public void Truncate(long length)
    {
        using var use = Use(toWrite: true);
        Volatile.Write(ref _needsFlush, true);
        use.File.Truncate(length);
    }

    /// <summary>Settler. What was written is on disk when it returns.</summary>
    public void Flush()
    {
        if (_needsFlush && UseIfOpen() is { } inUse)
        {
            using var use = inUse;
            use.File.Flush();
            Volatile.Write(ref _needsFlush, false);
        }
    }

    /// <summary>Settler. The same for what the process before wrote or cut, which does not show.</summary>
    public void FlushInherited()
    {
        using var use = Use(toWrite: true);
        use.File.Flush();
        Volatile.Write(ref _needsFlush, false);
    }

    /// <summary>True when it was used since this was asked before.</summary>
    public bool WasUsedLately() => Interlocked.Exchange(ref _usedLately, false);

    /// <summary>Closes it unless somebody uses it, it has to be flushed first, or it is kept.</summary>
    public bool TryClose()
    {
        if (!_gate.TryEnter())
        {
            return false;
        }

        try
        {
            if (_isKept || Interlocked.CompareExchange(ref _users, Closed, 0) != 0)
            {
                return false;
            }

            // Looked at when nobody can write any more.
            if (NeedsFlush)
            {
                Volatile.Write(ref _users, 0);
                return false;
            }

            CloseFile();
            return true;
        }
        finally
        {
            _gate.Exit();
        }
    }

    /// <summary>The name is about to go: who reads goes on with the handle.</summary>
    public void Keep()
    {
        lock (_gate)
        {
            _isKept = true;
        }

        Use().Dispose();
    }

    /// <summary>By the owner, when nobody needs it any more.</summary>
    public void Close()
    {
        lock (_gate)
        {
            if (_file is not null)
            {
                Volatile.Write(ref _needsFlush, false);
                Volatile.Write(ref _users, Closed);
                CloseFile();
            }
        }
    }

    internal void Leave()
    {
        if (Interlocked.Decrement(ref _users) == 0 && open.IsOver)
        {
            TryClose();
        }
    }

    private LogFileUse Use(bool toWrite)
    {
        if (!_usedLately)
        {
            _usedLately = true;
        }

        if (TryEnter())
        {
            return new LogFileUse(this, _file!);
        }

        // Before the gate: making room enters those of others.
        open.Reserve(mayFlush: toWrite);
        var opened = false;
        lock (_gate)
        {
            try
            {
                // Under the gate nobody closes it.
                if (_file is null)
                {
                    _file = openFile();
                    opened = true;
                    open.Opened(this);
                    Volatile.Write(ref _users, 1);
                }
                else
                {
                    Interlocked.Increment(ref _users);
                }
            }
            finally
            {
                if (!opened)
                {
                    open.Unreserve();
                }
            }

            return new LogFileUse(this, _file);
        }
    }

    private bool TryEnter()
    {
        var users = Volatile.Read(ref _users);
        while (users >= 0)
        {
            var before = Interlocked.CompareExchange(ref _users, users + 1, users);
            if (before == users)
            {
                return true;
            }

            users = before;
        }

        return false;
    }

    private void CloseFile()
    {
        _file!.Dispose();
        _file = null;
        open.Closed(this);
    }
}

/// <summary>A log file that is open until this is disposed.</summary>
internal readonly struct LogFileUse(LogFile log, IFile file) : IDisposable
{
    public IFile File => file;

    public void Dispose() => log.Leave();
}
