using System.Text;

namespace FlyMQ.Server.Exporters.Prometheus;

internal enum MetricType
{
    Gauge,
    Counter,
    Histogram,
}

/// <summary>One metric, declared once: what it is called, what it is, what tells its series apart.</summary>
/// <param name="Name">Whole, with <c>_total</c> where it has it.</param>
internal sealed record MetricFamily(string Name, MetricType Type, string Help, params string[] Labels)
{
    /// <summary>The name as bytes.</summary>
    public byte[] NameBytes { get; } = Encoding.UTF8.GetBytes(Name);

    /// <summary>The labels' names as bytes.</summary>
    public byte[][] LabelBytes { get; } = [.. Labels.Select(Encoding.UTF8.GetBytes)];

    /// <summary>The unit that the name ends in, as UCUM writes it; null where there is none.</summary>
    public string? Unit { get; } =
        Name.Contains("_seconds", StringComparison.Ordinal) ? "s" : Name.Contains("_bytes", StringComparison.Ordinal) ? "By" : null;
}
