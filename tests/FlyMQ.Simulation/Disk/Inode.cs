namespace FlyMQ.Simulation.Disk;

/// <summary>What a name stands for: a file's bytes as the page cache has them and as the disk has them, or a folder's entries likewise.</summary>
internal abstract class Inode;

internal sealed class FolderInode : Inode
{
    private readonly List<Action<SortedDictionary<string, Inode>>> _unsynced = [];

    public SortedDictionary<string, Inode> Entries { get; private set; } = new(StringComparer.Ordinal);

    public SortedDictionary<string, Inode> Durable { get; private set; } = new(StringComparer.Ordinal);

    /// <summary>One change that the disk will have whole or not at all.</summary>
    public void Change(Action<SortedDictionary<string, Inode>> change)
    {
        change(Entries);
        _unsynced.Add(change);
    }

    public void Sync()
    {
        _unsynced.Clear();
        Durable = new SortedDictionary<string, Inode>(Entries, StringComparer.Ordinal);
    }

    /// <summary>Of the changes that were not synced the disk has any, in their order.</summary>
    public void LosePower(Random random)
    {
        foreach (var change in _unsynced)
        {
            if (random.Next(2) == 0)
            {
                change(Durable);
            }
        }

        _unsynced.Clear();
        Entries = new SortedDictionary<string, Inode>(Durable, StringComparer.Ordinal);
        foreach (var entry in Entries.Values)
        {
            if (entry is FolderInode folder)
            {
                folder.LosePower(random);
            }
            else
            {
                ((FileInode)entry).LosePower(random);
            }
        }
    }
}

internal sealed class FileInode : Inode
{
    public const int Page = 4096, Sector = 512;

    private readonly SortedSet<int> _dirty = [];
    private byte[] _cache = [];
    private byte[] _disk = [];
    private int _diskLength;

    public int Length { get; private set; }

    public int DiskBytes => (Length + Page - 1) / Page * Page;

    public Span<byte> Content => _cache.AsSpan(0, Length);

    public void Write(ReadOnlySpan<byte> source, int position)
    {
        var end = position + source.Length;
        if (end > _cache.Length)
        {
            Array.Resize(ref _cache, Math.Max(end, _cache.Length * 2));
        }

        source.CopyTo(_cache.AsSpan(position));
        Length = Math.Max(Length, end);
        for (var page = position / Page; page <= (end - 1) / Page && source.Length > 0; page++)
        {
            _dirty.Add(page);
        }
    }

    public void Truncate(int length)
    {
        if (length > _cache.Length)
        {
            Array.Resize(ref _cache, length);
        }

        _cache.AsSpan(Math.Min(length, Length)).Clear();
        for (var page = Math.Min(length, Length) / Page; page <= Math.Max(length, Length) / Page; page++)
        {
            _dirty.Add(page);
        }

        Length = length;
    }

    public void Flush()
    {
        foreach (var page in _dirty)
        {
            Persist(page, Page);
        }

        _dirty.Clear();
        _diskLength = Length;
    }

    /// <summary>As Linux does: what could not be written is forgotten to be dirty, and the next flush will not try again.</summary>
    public void FailFlush(Random random)
    {
        foreach (var page in _dirty.Where(_ => random.Next(2) == 0).ToList())
        {
            Persist(page, Page);
        }

        _dirty.Clear();
        _diskLength = Math.Max(_diskLength, random.Next(2) == 0 ? Length : 0);
    }

    /// <summary>A direct write that failed: any of its pages is on the disk, whole or in part; the page cache never had it.</summary>
    public void FailDirect(ReadOnlySpan<byte> source, int position, Random random)
    {
        var before = Content.ToArray();
        Write(source, position);
        for (var at = position; at < position + source.Length; at += Sector)
        {
            if (random.Next(2) == 0)
            {
                var count = Math.Min(Sector, position + source.Length - at);
                var old = at < before.Length ? before.AsSpan(at, Math.Min(count, before.Length - at)) : [];
                _cache.AsSpan(at, count).Clear();
                old.CopyTo(_cache.AsSpan(at));
            }
        }

        Flush();
    }

    public void Damage(Random random)
    {
        var position = random.Next(Length);
        _cache[position] ^= (byte)(1 << random.Next(8));
        Persist(position / Page, Page);
    }

    public void LosePower(Random random)
    {
        // The length is metadata of its own: the old one, the new one, or where write-back had come to.
        var length = random.Next(3) switch
        {
            0 => _diskLength,
            1 => Length,
            _ => random.Next(Math.Min(_diskLength, Length), Math.Max(_diskLength, Length) + 1),
        };
        foreach (var page in _dirty)
        {
            switch (random.Next(3))
            {
                case 0:
                    Persist(page, Page);
                    break;
                case 1:
                    Persist(page, random.Next(Page / Sector) * Sector);
                    break;
                default:
                    break;
            }
        }

        _dirty.Clear();
        Array.Resize(ref _disk, Math.Max(_disk.Length, length));
        _disk.AsSpan(length).Clear();
        _cache = [.. _disk];
        Length = _diskLength = length;
    }

    private void Persist(int page, int bytes)
    {
        var start = page * Page;
        if (start + bytes > _disk.Length)
        {
            Array.Resize(ref _disk, start + Page);
        }

        var have = Math.Clamp(_cache.Length - start, 0, bytes);
        _cache.AsSpan(Math.Min(start, _cache.Length), have).CopyTo(_disk.AsSpan(start));
        _disk.AsSpan(start + have, bytes - have).Clear();
    }
}
