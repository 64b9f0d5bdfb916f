using System.Globalization;

namespace FlyMQ.Metadata.Configs;

/// <summary>A broker key that stands for a topic or group key, perhaps in another unit.</summary>
/// <param name="Factor">How many units of the key one unit of the synonym is: 3,600,000 for hours of a key in milliseconds.</param>
public sealed record BrokerSynonym(string Name, long Factor = 1)
{
    /// <summary>The synonym's value in the key's unit. A negative one means "without limit" in every unit.</summary>
    public string Convert(string value) =>
        Factor == 1 || !long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? value
        : (number < 0 ? -1 : checked(number * Factor)).ToString(CultureInfo.InvariantCulture);
}
