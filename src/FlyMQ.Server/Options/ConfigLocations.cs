namespace FlyMQ.Server.Options;

/// <summary>Where the configuration file is looked for.</summary>
internal static class ConfigLocations
{
    public const string Variable = "FLYMQ_CONFIG";

    public static readonly IReadOnlyList<string> Searched = ["./flymq.json", "/etc/flymq/flymq.json"];

    /// <summary>The file that is named, or the first one found where it usually is; null when there is none.</summary>
    /// <exception cref="IOException">A named file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A file that is there may not be read.</exception>
    public static ConfigFile? Read(string? named) => (named ?? Searched.FirstOrDefault(File.Exists)) is { } path ? new ConfigFile(path, File.ReadAllBytes(path)) : null;
}
