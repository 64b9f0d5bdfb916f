using System.Text;

namespace FlyMQ.Broker.Telemetry;

/// <summary>What one push says, as far as it was asked for and fits. One user at a time.</summary>
internal sealed class PushedMetrics(IReadOnlyList<string> wanted, int maxSeries)
{
    private readonly byte[][] _wanted = [.. wanted.Where(prefix => prefix != WantedMetrics.All).Select(Encoding.UTF8.GetBytes)];
    private readonly bool _all = wanted.Contains(WantedMetrics.All);
    private readonly Dictionary<SeriesKey, PushedValue> _values = [];

    /// <summary>The group that the client says it is a member of.</summary>
    public string GroupId { get; set; } = "";

    public IReadOnlyDictionary<SeriesKey, PushedValue> Values => _values;

    /// <summary>Points of metrics that no subscription asks this client for.</summary>
    public int Unasked { get; private set; }

    /// <summary>Points past the client's own limit.</summary>
    public int PastLimit { get; private set; }

    /// <summary>Points with the labels of another one: told twice, or told apart only by what labels leave out.</summary>
    public int Repeated { get; private set; }

    public bool IsWanted(ReadOnlySpan<byte> metric)
    {
        if (_all)
        {
            return true;
        }

        foreach (var prefix in _wanted)
        {
            if (metric.StartsWith(prefix))
            {
                return true;
            }
        }

        return false;
    }

    public void CountUnasked() => Unasked++;

    /// <param name="key">Which series.</param>
    /// <param name="value">One that is not a number says that there is none yet, and is left out.</param>
    /// <param name="isDelta">Whether it is to be added to what was told before. We ask for totals, but a client was perhaps asked by another broker.</param>
    public void Add(in SeriesKey key, double value, bool isDelta = false)
    {
        if (!double.IsFinite(value))
        {
            return;
        }

        if (_values.ContainsKey(key))
        {
            Repeated++;
        }
        else if (_values.Count >= maxSeries)
        {
            PastLimit++;
        }
        else
        {
            _values.Add(key, new PushedValue(value, isDelta));
        }
    }
}

internal readonly record struct PushedValue(double Value, bool IsDelta);
