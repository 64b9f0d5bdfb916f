using System.Globalization;

namespace FlyMQ.Server.Exporters.Prometheus;

/// <summary>The numbers of partitions as texts, made once: a scrape needs them by the thousand.</summary>
internal static class PartitionLabels
{
    private static string[] _texts = Make(128);

    public static string Of(int partition)
    {
        var texts = _texts;
        if (partition >= texts.Length)
        {
            // Two who come at once make it twice, which harms nobody.
            texts = _texts = Make(Math.Max(2 * texts.Length, partition + 1));
        }

        return texts[partition];
    }

    private static string[] Make(int count) => [.. Enumerable.Range(0, count).Select(i => i.ToString(CultureInfo.InvariantCulture))];
}
