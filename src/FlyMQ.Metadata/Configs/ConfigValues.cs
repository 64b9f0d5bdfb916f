using System.Globalization;

namespace FlyMQ.Metadata.Configs;

/// <summary>Configuration values as Kafka reads them from text.</summary>
public static class ConfigValues
{
    public static IReadOnlyList<string> List(string value) =>
        value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>What is wrong with <paramref name="value"/> as a value of <paramref name="type"/>; null when it can be read.</summary>
    public static string? Problem(ConfigType type, string value)
    {
        var text = value.Trim();
        const NumberStyles whole = NumberStyles.AllowLeadingSign;
        return type switch
        {
            ConfigType.Boolean when !text.Equals("true", StringComparison.OrdinalIgnoreCase) && !text.Equals("false", StringComparison.OrdinalIgnoreCase) =>
                "Expected value to be either true or false",
            ConfigType.Int when !int.TryParse(text, whole, CultureInfo.InvariantCulture, out _) => "Not a number of type INT",
            ConfigType.Short when !short.TryParse(text, whole, CultureInfo.InvariantCulture, out _) => "Not a number of type SHORT",
            ConfigType.Long when !long.TryParse(text, whole, CultureInfo.InvariantCulture, out _) => "Not a number of type LONG",
            ConfigType.Double when !double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var d) || double.IsNaN(d) =>
                "Not a number of type DOUBLE",
            _ => null,
        };
    }
}
