namespace FlyMQ.Broker.Telemetry;

/// <summary>The attributes of a point, by name: those that labels are made of, and the rest as one text. Reused from point to point.</summary>
internal sealed class PointAttributes
{
    /// <summary>More than any client's metric has; what comes on top is left out.</summary>
    private const int MaxOthers = 16;

    private readonly SortedList<string, string> _others = new(StringComparer.Ordinal);

    public string Topic { get; private set; } = "";

    public string Partition { get; private set; } = "";

    public string NodeId { get; private set; } = "";

    public void Clear()
    {
        (Topic, Partition, NodeId) = ("", "", "");
        _others.Clear();
    }

    public void Set(string name, string value)
    {
        switch (name)
        {
            case "topic":
                Topic = value;
                break;
            case "partition":
                Partition = value;
                break;
            // Java's word and librdkafka's.
            case "node_id" or "node.id":
                NodeId = value;
                break;
            case { Length: > 0 } when _others.Count < MaxOthers || _others.ContainsKey(name):
                _others[name] = value;
                break;
        }
    }

    /// <param name="metric">The metric's name.</param>
    /// <param name="isCounter">Whether it only grows.</param>
    /// <param name="further">One more, which is not kept: a bucket's end, a quantile.</param>
    public SeriesKey KeyOf(string metric, bool isCounter, (string Name, string Value)? further = null)
    {
        var others = string.Join(',', _others.Select(a => $"{a.Key}={a.Value}"));
        if (further is var (name, value))
        {
            others = others.Length == 0 ? $"{name}={value}" : $"{name}={value},{others}";
        }

        return new SeriesKey(LabelText.Bounded(metric), isCounter, Topic, Partition, NodeId, LabelText.Bounded(others));
    }
}
