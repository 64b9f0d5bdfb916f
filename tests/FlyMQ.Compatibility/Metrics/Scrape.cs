using System.Globalization;
using FlyMQ.Compatibility.Scenarios;

namespace FlyMQ.Compatibility.Metrics;

/// <summary>One page of metrics, read strictly: what is not the text format 0.0.4 fails the test.</summary>
internal sealed class Scrape
{
    private readonly Dictionary<string, (string Type, string Help)> _families = new(StringComparer.Ordinal);
    private readonly List<(string Name, string Family, Dictionary<string, string> Labels, double Value)> _samples = [];

    public static Scrape Parse(string page)
    {
        var scrape = new Scrape();
        string? family = null;
        Assert.EndsWith("\n", page, StringComparison.Ordinal);
        foreach (var line in page[..^1].Split('\n'))
        {
            if (line.StartsWith("# HELP ", StringComparison.Ordinal))
            {
                var words = line.Split(' ', 4);
                family = words[2];
                Assert.True(scrape._families.TryAdd(family, ("", words[3])), $"{family} has two headings");
            }
            else if (line.StartsWith("# TYPE ", StringComparison.Ordinal))
            {
                var words = line.Split(' ');
                Assert.Equal(family, words[2]);
                scrape._families[family!] = (words[3], scrape._families[family!].Help);
            }
            else
            {
                scrape.Add(line, family);
            }
        }

        return scrape;
    }

    public static async Task<Scrape> OfAsync(int port) => Parse(await PageAsync(port));

    /// <param name="accept">The form that is asked for; null for none in particular.</param>
    public static async Task<string> PageAsync(int port, string? accept = null)
    {
        using var http = new HttpClient();
        if (accept is not null)
        {
            http.DefaultRequestHeaders.Add("Accept", accept);
        }

        var page = "";
        await Until.TrueAsync(
            "metrics are served",
            async () =>
            {
                try
                {
                    page = await http.GetStringAsync($"http://127.0.0.1:{port}/metrics");
                    return true;
                }
                catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.ConnectionError)
                {
                    // They come up behind the clients' listener.
                    return false;
                }
            },
            TimeSpan.FromSeconds(10));
        return page;
    }

    /// <summary>What is exposed in the guide's terms. Labels are those of the samples, which all have the same.</summary>
    public IReadOnlyList<GuideRow> Rows() =>
    [
        .. _families.Select(f => new GuideRow(f.Key, CultureInfo.InvariantCulture.TextInfo.ToTitleCase(f.Value.Type), LabelsOf(f.Key), f.Value.Help.Replace("\\n", "\n", StringComparison.Ordinal).Replace("\\\\", "\\", StringComparison.Ordinal))),
    ];

    /// <summary>The value of the one sample with exactly these labels.</summary>
    public double this[string name, params (string Name, string Value)[] labels] =>
        Find(name, labels) ?? throw new KeyNotFoundException($"no sample {name} {{{string.Join(",", labels)}}}; there are:\n{string.Join('\n', Of(name))}");

    public double? Find(string name, params (string Name, string Value)[] labels)
    {
        var found = _samples.Where(s => s.Name == name && s.Labels.Count == labels.Length && labels.All(l => s.Labels.GetValueOrDefault(l.Name) == l.Value)).ToList();
        Assert.True(found.Count <= 1, $"{name} is there {found.Count} times with the same labels");
        return found.Count == 0 ? null : found[0].Value;
    }

    /// <summary>The values of every sample that has these labels among others.</summary>
    public IReadOnlyList<double> Values(string name, params (string Name, string Value)[] labels) =>
        [.. _samples.Where(s => s.Name == name && labels.All(l => s.Labels.GetValueOrDefault(l.Name) == l.Value)).Select(s => s.Value)];

    /// <summary>The sum over the samples of a name whose labels are such.</summary>
    public double Sum(string name, Func<IReadOnlyDictionary<string, string>, bool> such) => _samples.Where(s => s.Name == name && such(s.Labels)).Sum(s => s.Value);

    /// <summary>Every sample of a name, as text.</summary>
    public IReadOnlyList<string> Of(string name) =>
        [.. _samples.Where(s => s.Name == name).Select(s => $"{s.Name}{{{string.Join(",", s.Labels.Select(l => $"{l.Key}={l.Value}"))}}} {s.Value.ToString(CultureInfo.InvariantCulture)}")];

    /// <summary>Every sample by <see cref="SampleKey"/>.</summary>
    public IReadOnlyDictionary<string, double> All() => _samples.ToDictionary(s => SampleKey.Of(s.Name, s.Labels), s => s.Value);

    /// <summary>Every sample that has a label with a value.</summary>
    public IReadOnlyList<string> With(string label, string value) =>
        [.. _samples.Where(s => s.Labels.GetValueOrDefault(label) == value).Select(s => s.Name).Distinct()];

    /// <summary>Every value that a label has.</summary>
    public IReadOnlyList<string> Values(string label) => [.. _samples.Select(s => s.Labels.GetValueOrDefault(label)).OfType<string>().Distinct()];

    public int SampleCount => _samples.Count;

    private List<string> LabelsOf(string family)
    {
        var sets = _samples.Where(s => s.Family == family).Select(s => s.Labels.Keys.Where(l => l != "le").ToList()).ToList();
        Assert.True(sets.Count > 0, $"{family} has no sample");
        Assert.All(sets, labels => Assert.Equal(sets[0], labels));
        return sets[0];
    }

    private void Add(string line, string? family)
    {
        var open = line.IndexOf('{', StringComparison.Ordinal);
        var close = line.LastIndexOf('}');
        var space = line.LastIndexOf(' ');
        var name = line[..(open < 0 ? space : open)];
        Assert.NotNull(family);
        var isHistogram = _families[family].Type == "histogram";
        Assert.True(isHistogram ? name == $"{family}_bucket" || name == $"{family}_sum" || name == $"{family}_count" : name == family, $"{name} is below the heading of {family}");
        Dictionary<string, string> labels = [];
        if (open >= 0)
        {
            foreach (var pair in line[(open + 1)..close].Split("\",", StringSplitOptions.RemoveEmptyEntries))
            {
                var equals = pair.IndexOf("=\"", StringComparison.Ordinal);
                labels.Add(pair[..equals], pair[(equals + 2)..].TrimEnd('"'));
            }
        }

        _samples.Add((name, family, labels, double.Parse(line[(space + 1)..], CultureInfo.InvariantCulture)));
    }
}
