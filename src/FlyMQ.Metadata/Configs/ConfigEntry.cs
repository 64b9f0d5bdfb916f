using System.Collections.Immutable;

namespace FlyMQ.Metadata.Configs;

/// <summary>A value that a key has or would have, and where it is set.</summary>
public sealed record ConfigSynonym(string Name, string? Value, ConfigSource Source);

/// <summary>A key of a resource with the value that holds.</summary>
/// <param name="Synonyms">Everywhere the value is set, strongest first; the first one is the value that holds.</param>
public sealed record ConfigEntry(ConfigKey Key, string? Value, ConfigSource Source, ImmutableArray<ConfigSynonym> Synonyms)
{
    public string Name => Key.Name;
}
