namespace FlyMQ.Storage.Segments;

/// <summary>The entries of an index in memory: grown and cut by one thread, read by any.</summary>
internal sealed class IndexArray<T>(T[] entries, int count)
    where T : struct
{
    private T[] _entries = entries;
    private int _count = count;

    public int Count => Volatile.Read(ref _count);

    public T this[int index] => Volatile.Read(ref _entries)[index];

    public void Add(T entry)
    {
        if (_count == _entries.Length)
        {
            var larger = new T[Math.Max(8, _entries.Length * 2)];
            _entries.AsSpan().CopyTo(larger);
            Volatile.Write(ref _entries, larger);
        }

        _entries[_count] = entry;
        Volatile.Write(ref _count, _count + 1);
    }

    /// <summary>Keeps the first entries; false when there are not so many.</summary>
    public bool Keep(int count)
    {
        var enough = count <= _count;
        Volatile.Write(ref _count, Math.Min(count, _count));
        return enough;
    }

    /// <summary>Forgets entries at the end as long as the last of them is wanted gone.</summary>
    public void TrimEnd(Predicate<T> gone)
    {
        var count = _count;
        while (count > 0 && gone(_entries[count - 1]))
        {
            count--;
        }

        Volatile.Write(ref _count, count);
    }

    /// <summary>How many entries at the beginning are on this side of an ascending order.</summary>
    public int CountWhile<TArgument>(TArgument argument, Func<T, TArgument, bool> before)
    {
        // The count is read first: the array may only have grown since.
        int low = 0, high = Volatile.Read(ref _count);
        var entries = Volatile.Read(ref _entries);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (before(entries[middle], argument))
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }
}
