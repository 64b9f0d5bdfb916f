using System.Globalization;
using System.Text;
using FlyMQ.Records;

namespace FlyMQ.Storage;

/// <summary>Which epoch wrote from which offset on (KIP-101), ascending in both. Touched under the log's gate only.</summary>
internal sealed class LeaderEpochs
{
    private readonly List<(LeaderEpoch Epoch, Offset Start)> _entries = [];

    /// <summary>Changed since the checkpoint file was written.</summary>
    public bool IsDirty { get; set; }

    public LeaderEpoch Latest => _entries.Count > 0 ? _entries[^1].Epoch : LeaderEpoch.None;

    public void Note(LeaderEpoch epoch, Offset start)
    {
        if (epoch > Latest)
        {
            _entries.Add((epoch, start));
            IsDirty = true;
        }
    }

    public LeaderEpoch At(Offset offset)
    {
        for (var i = _entries.Count - 1; i >= 0; i--)
        {
            if (_entries[i].Start <= offset)
            {
                return _entries[i].Epoch;
            }
        }

        return LeaderEpoch.None;
    }

    public EpochEnd EndOf(LeaderEpoch asked, Offset logEnd)
    {
        if (asked == LeaderEpoch.None || _entries.Count == 0)
        {
            return new EpochEnd(LeaderEpoch.None, new Offset(-1));
        }

        for (var i = _entries.Count - 1; i >= 0; i--)
        {
            if (_entries[i].Epoch > asked)
            {
                continue;
            }

            return new EpochEnd(_entries[i].Epoch, i + 1 < _entries.Count ? _entries[i + 1].Start : logEnd);
        }

        // Older than anything known: Kafka answers the asked epoch with the first known one's start.
        return new EpochEnd(asked, _entries[0].Start);
    }

    public void TruncateTo(Offset end)
    {
        if (_entries.RemoveAll(e => e.Start >= end) > 0)
        {
            IsDirty = true;
        }
    }

    /// <summary>Retention: the epoch of the first record that is left begins where the log does.</summary>
    public void TrimTo(Offset start)
    {
        var current = At(start);
        if (current == LeaderEpoch.None || _entries[0].Start >= start)
        {
            return;
        }

        _entries.RemoveAll(e => e.Epoch <= current);
        _entries.Insert(0, (current, start));
        IsDirty = true;
    }

    /// <summary>Kafka's <c>leader-epoch-checkpoint</c>: version 0, the number of lines, "epoch offset" each.</summary>
    public byte[] Encode()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"0\n{_entries.Count}\n");
        foreach (var (epoch, start) in _entries)
        {
            text.Append(CultureInfo.InvariantCulture, $"{epoch} {start}\n");
        }

        return Encoding.ASCII.GetBytes(text.ToString());
    }

    /// <returns>False when the bytes are not such a file.</returns>
    public bool TryDecode(ReadOnlySpan<byte> bytes)
    {
        _entries.Clear();
        var lines = Encoding.ASCII.GetString(bytes).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (lines.Length < 2 || lines[0] != "0" || !int.TryParse(lines[1], NumberStyles.None, CultureInfo.InvariantCulture, out var count) || lines.Length != count + 2)
        {
            return false;
        }

        foreach (var line in lines.Skip(2))
        {
            var parts = line.Split(' ');
            if (parts.Length != 2 || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var epoch) || !long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var start))
            {
                _entries.Clear();
                return false;
            }

            _entries.Add((new LeaderEpoch(epoch), new Offset(start)));
        }

        IsDirty = false;
        return true;
    }
}
