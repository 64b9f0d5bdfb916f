namespace FlyMQ.Compatibility.Metrics;

/// <summary>One series of a query's result.</summary>
/// <param name="Labels">What tells it from the others.</param>
/// <param name="Last">Its newest value.</param>
internal sealed record FoundSeries(IReadOnlyDictionary<string, string> Labels, double Last)
{
    public override string ToString() => $"{{{string.Join(",", Labels.Select(l => $"{l.Key}={l.Value}"))}}}";
}
