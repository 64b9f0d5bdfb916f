using System.Diagnostics.Metrics;
using FlyMQ.Server.Commands;
using FlyMQ.Server.Exporters.Prometheus;

namespace FlyMQ.Server.Exporters.Meters;

/// <summary>
/// The page's metrics as instruments of .NET, for <c>dotnet-counters</c> and whatever listens within the process. Each sample's name is an instrument, so a histogram
/// is three: there is no observable histogram, and one that is recorded would count a second time, and only from when somebody listens.
/// </summary>
internal sealed class BrokerMeter : IDisposable
{
    public const string Name = "FlyMQ";
    private readonly MeterReading _reading;

    public BrokerMeter(IEnumerable<MetricFamily> families, MeterReading reading)
    {
        _reading = reading;
        foreach (var family in families)
        {
            switch (family.Type)
            {
                case MetricType.Gauge:
                    Meter.CreateObservableGauge(family.Name, () => _reading.Of(family.Name), family.Unit, family.Help);
                    break;
                case MetricType.Counter:
                    Counter(family, family.Name, family.Unit);
                    break;
                default:
                    Counter(family, InstrumentNames.Bucket(family), unit: null);
                    Counter(family, InstrumentNames.Sum(family), family.Unit);
                    Counter(family, InstrumentNames.Count(family), unit: null);
                    break;
            }
        }
    }

    public Meter Meter { get; } = new(Name, ProductVersion.Text);

    public void Dispose()
    {
        _reading.Dispose();
        Meter.Dispose();
    }

    private void Counter(MetricFamily family, string name, string? unit) => Meter.CreateObservableCounter(name, () => _reading.Of(name), unit, family.Help);
}
