using System.Collections.Immutable;

namespace FlyMQ.Metadata.Commands;

/// <summary>What an entry of IncrementalAlterConfigs does (KIP-339); the numbers are the protocol's.</summary>
public enum ConfigOperation : sbyte
{
    Set = 0,
    Delete = 1,
    Append = 2,
    Subtract = 3,
}

/// <summary>One key's change.</summary>
/// <param name="ListDefault">For append and subtract: the list they start from while nothing is set, so that the table of defaults of
/// some release does not decide what a command means.</param>
public sealed record ConfigEntryChange(string Key, ConfigOperation Operation, string? Value, string? ListDefault = null);

/// <summary>The changes of one resource; with <paramref name="ReplaceAll"/> (AlterConfigs) what is not named here is unset.</summary>
public sealed record ConfigChange(ConfigResource Resource, bool ReplaceAll, ImmutableArray<ConfigEntryChange> Entries)
{
    /// <summary>The overrides after this change. Used to validate before proposing, and to apply.</summary>
    public ImmutableSortedDictionary<string, string> ApplyTo(ImmutableSortedDictionary<string, string> current)
    {
        var configs = (ReplaceAll ? ClusterImage.NoConfigs : current).ToBuilder();
        foreach (var entry in Entries)
        {
            switch (entry.Operation)
            {
                case ConfigOperation.Set when entry.Value is not null:
                    configs[entry.Key] = entry.Value;
                    break;
                case ConfigOperation.Append:
                    var appended = Split(configs.GetValueOrDefault(entry.Key, entry.ListDefault ?? ""));
                    appended.AddRange(Split(entry.Value ?? "").Where(value => !appended.Contains(value)));
                    configs[entry.Key] = string.Join(',', appended);
                    break;
                case ConfigOperation.Subtract:
                    var removed = Split(entry.Value ?? "");
                    configs[entry.Key] = string.Join(',', Split(configs.GetValueOrDefault(entry.Key, entry.ListDefault ?? "")).Where(v => !removed.Contains(v)));
                    break;
                default:
                    configs.Remove(entry.Key);
                    break;
            }
        }

        return configs.ToImmutable();
    }

    private static List<string> Split(string list) => [.. list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];
}
