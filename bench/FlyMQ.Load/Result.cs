using System.Diagnostics;
using System.Globalization;

namespace FlyMQ.Load;

internal sealed record Result(long Records, List<long> Latencies)
{
    public static Result Sum(IReadOnlyCollection<Result> results) => new(results.Sum(r => r.Records), [.. results.SelectMany(r => r.Latencies)]);

    /// <summary>Records a second, MB a second, latency of a request in ms at p50 and p99: separated by blanks, for scripts.</summary>
    public void Print(Settings settings)
    {
        Latencies.Sort();
        var rate = Records / settings.Seconds;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{rate:F0} records/s {rate * settings.RecordBytes / 1e6:F1} MB/s p50 {At(0.5):F2} ms p99 {At(0.99):F2} ms total {Records}"));
    }

    private double At(double quantile) => Latencies.Count == 0 ? 0 : Latencies[(int)((Latencies.Count - 1) * quantile)] * 1000.0 / Stopwatch.Frequency;
}
