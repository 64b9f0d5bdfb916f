using System.Text;
using FlyMQ.Server.Options;

namespace FlyMQ.Server.Tests.Options;

/// <summary>Loads a configuration from what a test says.</summary>
internal static class Loading
{
    public const string FileName = "flymq.json";

    public static EffectiveConfig Load(string? file = null, (string Name, string Value)[]? environment = null, params (string Name, string Value)[] flags) =>
        OptionsLoader.Load(
            flags.Select(f => KeyValuePair.Create(f.Name, f.Value)),
            (environment ?? []).Select(e => KeyValuePair.Create(e.Name, e.Value)),
            file is null ? null : new ConfigFile(FileName, Encoding.UTF8.GetBytes(file)));

    /// <summary>The only problem there is, as it is shown.</summary>
    public static string Problem(string? file = null, params (string Name, string Value)[] flags) => Assert.Single(Load(file, null, flags).Problems).ToString();

    public static BrokerOptions Accepted(string? file = null, params (string Name, string Value)[] flags)
    {
        var loaded = Load(file, null, flags);
        Assert.Empty(loaded.Problems);
        return loaded.Options!;
    }
}
