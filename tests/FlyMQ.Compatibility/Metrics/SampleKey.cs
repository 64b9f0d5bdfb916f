namespace FlyMQ.Compatibility.Metrics;

/// <summary>One sample among all, whatever the order of its labels.</summary>
internal static class SampleKey
{
    public static string Of(string name, IEnumerable<KeyValuePair<string, string>> labels) =>
        $"{name}{{{string.Join(',', labels.OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => $"{l.Key}={l.Value}"))}}}";
}
