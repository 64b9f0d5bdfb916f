using System.Globalization;

namespace FlyMQ.Server.Health;

/// <summary>Durations as the guide writes them.</summary>
internal static class UptimeText
{
    /// <summary><c>7d12h30m</c>: from the largest unit that is not zero down to minutes; below a minute, seconds.</summary>
    public static string Of(TimeSpan uptime)
    {
        var parts = uptime < TimeSpan.Zero ? TimeSpan.Zero : uptime;
        return parts switch
        {
            { Days: > 0 } => string.Create(CultureInfo.InvariantCulture, $"{parts.Days}d{parts.Hours}h{parts.Minutes}m"),
            { Hours: > 0 } => string.Create(CultureInfo.InvariantCulture, $"{parts.Hours}h{parts.Minutes}m"),
            { Minutes: > 0 } => string.Create(CultureInfo.InvariantCulture, $"{parts.Minutes}m"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{parts.Seconds}s"),
        };
    }
}
