using FlyMQ.Server.Options;

namespace FlyMQ.Server.Commands;

/// <summary>The effective configuration as a table: key, value, source.</summary>
internal static class ConfigPrint
{
    private const int WidestValue = 40;

    public static void Write(EffectiveConfig config, TextWriter output)
    {
        var key = config.Entries.Max(e => e.Key.Name.Length);
        var value = Math.Min(WidestValue, config.Entries.Max(e => e.Shown.Length));
        foreach (var entry in config.Entries)
        {
            output.WriteLine($"{entry.Key.Name.PadRight(key)}  {entry.Shown.PadRight(value)}  {entry.Source}");
        }
    }
}
