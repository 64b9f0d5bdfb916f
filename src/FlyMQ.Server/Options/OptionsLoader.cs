namespace FlyMQ.Server.Options;

/// <summary>Flag over environment over file over default; everything that is wrong is found in one go.</summary>
internal static class OptionsLoader
{
    private const string Prefix = "FLYMQ_";

    /// <summary>Variables with our prefix that are not keys: where the file is, and what the scripts beside the binary read.</summary>
    private static readonly string[] OtherVariables = [ConfigLocations.Variable, "FLYMQ_WRITE_DOCS"];

    /// <param name="flags">Names without the dashes, unknown ones included; a later one wins.</param>
    public static EffectiveConfig Load(
        IEnumerable<KeyValuePair<string, string>> flags, IEnumerable<KeyValuePair<string, string>> environment, ConfigFile? file)
    {
        var problems = new List<ConfigProblem>();
        var warnings = new List<string>();
        // Weakest first: a later setting of the same key wins.
        var settings = new List<OptionSetting>();

        file?.Read(settings, problems);
        ReadEnvironment(environment, settings, warnings);
        ReadFlags(flags, settings, problems);
        // Weaker than all of ours.
        settings.InsertRange(0, OtelVariables.Read(environment, settings, warnings));

        var values = new Dictionary<OptionKey, object?>();
        var holds = new Dictionary<OptionKey, OptionSetting>();
        foreach (var setting in settings)
        {
            holds[setting.Key] = setting;
            if (setting.Key.TryRead(setting.Text, out var value))
            {
                values[setting.Key] = value;
            }
            else
            {
                // Also where a stronger source overrules it: what is written wrong is wrong.
                problems.Add(ConfigProblem.NotAccepted(setting.Key, setting.Text, setting.Source));
            }
        }

        foreach (var setting in holds.Values.Where(s => s.Key.NotThereYet))
        {
            warnings.Add($"{setting.Key.Name} ({setting.Source}) has no effect yet.");
        }

        var typed = new OptionValues(values);
        OptionRules.Check(typed, key => holds.GetValueOrDefault(key)?.Source ?? "default", problems);

        return new EffectiveConfig(
            [.. OptionKeys.All.Select(k => holds.TryGetValue(k, out var s) ? new OptionEntry(k, s.Text, s.Source) : new OptionEntry(k, k.DefaultText, "default"))],
            problems,
            warnings,
            problems.Count == 0 ? BrokerOptions.From(typed, values.ContainsKey) : null);
    }

    private static void ReadEnvironment(IEnumerable<KeyValuePair<string, string>> environment, List<OptionSetting> settings, List<string> warnings)
    {
        foreach (var (name, text) in environment.Where(v => v.Key.StartsWith(Prefix, StringComparison.Ordinal)).OrderBy(v => v.Key, StringComparer.Ordinal))
        {
            if (OptionKeys.FindEnvironment(name) is { } key)
            {
                settings.Add(new OptionSetting(key, text, $"environment {name}"));
            }
            else if (!OtherVariables.Contains(name, StringComparer.Ordinal))
            {
                // Only a warning: Kubernetes puts variables of a service called "flymq" into every container of its namespace.
                var nearest = OptionKeys.Nearest(name[Prefix.Length..].ToLowerInvariant().Replace('_', '.'));
                warnings.Add($"The environment variable {name} is no key and is ignored; the nearest one is {nearest.EnvironmentName}.");
            }
        }
    }

    private static void ReadFlags(IEnumerable<KeyValuePair<string, string>> flags, List<OptionSetting> settings, List<ConfigProblem> problems)
    {
        foreach (var (name, text) in flags)
        {
            if (OptionKeys.Find(name) is { } key)
            {
                settings.Add(new OptionSetting(key, text, $"flag {key.Flag}"));
            }
            else
            {
                problems.Add(ConfigProblem.Unknown(name, text.Length == 0 ? null : text, $"flag --{name}"));
            }
        }
    }
}
