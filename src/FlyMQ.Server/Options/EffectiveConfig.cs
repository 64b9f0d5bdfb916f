namespace FlyMQ.Server.Options;

/// <summary>One key with the value that holds.</summary>
/// <param name="Source">Where it comes from, for people: <c>default</c>, <c>flymq.json:3:5</c>, <c>environment FLYMQ_…</c>, <c>flag</c>.</param>
internal sealed record OptionEntry(OptionKey Key, string Text, string Source)
{
    public const string Masked = "********";

    public string Shown => Key.Shown(Text);
}

/// <summary>What the sources together say.</summary>
/// <param name="Entries">Every key, in the order of the registry.</param>
/// <param name="Problems">All of them; with any, <paramref name="Options"/> is null.</param>
internal sealed record EffectiveConfig(
    IReadOnlyList<OptionEntry> Entries, IReadOnlyList<ConfigProblem> Problems, IReadOnlyList<string> Warnings, BrokerOptions? Options);
