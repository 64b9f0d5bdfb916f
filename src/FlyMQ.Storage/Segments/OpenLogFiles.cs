namespace FlyMQ.Storage.Segments;

/// <summary>
/// The log files that are open, over all logs of a store, and how many may be. Who opens one more than that has another closed first: one that nobody uses at the
/// moment, rather one that nobody used lately. Any thread; the settler alone has files closed that must be flushed before.
/// </summary>
/// <remarks>
/// The choice is spread over all of them and not the oldest first: settling goes through all logs in turn, and with one log more than handles the oldest is always
/// the one that is wanted next. Where every file is in use one more is opened all the same, and closed by who used it.
/// </remarks>
internal sealed class OpenLogFiles(int limit, Action<int>? firstShared = null)
{
    private const int Looks = 16;

    // Multiples of the golden ratio are spread evenly, however many of them there are.
    private const uint GoldenRatio = 2654435769;

    private readonly Lock _lock = new();
    private readonly List<LogFile> _open = [];
    private int _count;
    private uint _turn;
    private bool _isShared;

    public int Limit => limit;

    /// <summary>Open, or about to be.</summary>
    public int Count => Volatile.Read(ref _count);

    public bool IsOver => Count > limit;

    /// <summary>Takes a place for a file that is about to be opened.</summary>
    /// <param name="mayFlush">The settler's: what was written to the file that makes room is put on disk first.</param>
    /// <exception cref="IOException">That flush failed.</exception>
    public void Reserve(bool mayFlush)
    {
        do
        {
            lock (_lock)
            {
                if (_count < limit)
                {
                    _count++;
                    return;
                }
            }

            NoteShared();
        }
        while (CloseOne(mayFlush));
        lock (_lock)
        {
            _count++;
        }
    }

    /// <summary>Gives a place back that was not needed.</summary>
    public void Unreserve()
    {
        lock (_lock)
        {
            _count--;
        }
    }

    /// <summary>By a file, on a place that was reserved.</summary>
    public void Opened(LogFile file)
    {
        lock (_lock)
        {
            file.Place = _open.Count;
            _open.Add(file);
        }
    }

    /// <summary>By a file, whose place is free.</summary>
    public void Closed(LogFile file)
    {
        lock (_lock)
        {
            var last = _open[^1];
            _open[file.Place] = last;
            last.Place = file.Place;
            _open.RemoveAt(_open.Count - 1);
            _count--;
        }
    }

    /// <summary>Closes one that nobody uses.</summary>
    /// <returns>False when none was found.</returns>
    public bool CloseOne(bool mayFlush)
    {
        for (var look = 0; look < Looks && Next() is { } file; look++)
        {
            var isLate = look >= Looks / 2;
            if (file.NeedsFlush && mayFlush && isLate)
            {
                file.Flush();
            }

            if ((isLate || !file.WasUsedLately()) && file.TryClose())
            {
                return true;
            }
        }

        return false;
    }

    private LogFile? Next()
    {
        lock (_lock)
        {
            return _open.Count == 0 ? null : _open[(int)(((ulong)(_turn += GoldenRatio) * (ulong)_open.Count) >> 32)];
        }
    }

    private void NoteShared()
    {
        if (!Interlocked.Exchange(ref _isShared, true))
        {
            firstShared?.Invoke(limit);
        }
    }
}
