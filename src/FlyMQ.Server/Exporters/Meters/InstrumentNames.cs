using FlyMQ.Server.Exporters.Prometheus;

namespace FlyMQ.Server.Exporters.Meters;

/// <summary>What the three instruments of a histogram are called: as its samples on the page.</summary>
internal static class InstrumentNames
{
    public static string Bucket(MetricFamily histogram) => $"{histogram.Name}_bucket";

    public static string Sum(MetricFamily histogram) => $"{histogram.Name}_sum";

    public static string Count(MetricFamily histogram) => $"{histogram.Name}_count";
}
