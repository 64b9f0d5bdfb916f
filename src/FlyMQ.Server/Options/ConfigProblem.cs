namespace FlyMQ.Server.Options;

/// <summary>Something in the configuration that is not accepted.</summary>
/// <param name="Key">As it was written.</param>
/// <param name="Value">As it was written; null when there is none.</param>
/// <param name="Source">Where: <c>flymq.json:3:5</c>, <c>flag</c>, <c>environment FLYMQ_…</c>.</param>
/// <param name="What">What is wrong, and what would be accepted.</param>
internal sealed record ConfigProblem(string Key, string? Value, string Source, string What)
{
    private const int LongestShown = 200;

    public static ConfigProblem NotAccepted(OptionKey key, string value, string source) =>
        new(key.Name, key.Shown(value), source, $"not accepted; accepted: {key.Accepted}");

    public static ConfigProblem Unknown(string name, string? value, string source)
    {
        var nearest = OptionKeys.Nearest(name);
        return new(name, value, source, $"unknown key; the nearest known key is {nearest.Name} (accepted: {nearest.Accepted})");
    }

    public override string ToString() => Value switch
    {
        null => $"{Key} ({Source}): {What}",
        { Length: > LongestShown } => $"{Key} = \"{Value[..LongestShown]}…\" ({Source}): {What}",
        _ => $"{Key} = \"{Value}\" ({Source}): {What}",
    };
}
