using System.CommandLine;
using System.CommandLine.Help;
using FlyMQ.Server.Options;

namespace FlyMQ.Server.Commands;

/// <summary><c>flymq</c>, <c>flymq config print|check</c>, <c>flymq version</c>. A flag for every configuration key.</summary>
internal static class CommandLine
{
    public const int Ok = 0;
    public const int Failed = 1;

    /// <summary>The exit code of everything that is wrong in how flymq was called or configured.</summary>
    public const int BadConfiguration = 2;

    /// <param name="run">Runs the broker until it ends, with what the configuration is to be warned about; the exit code.</param>
    public static async Task<int> RunAsync(
        IReadOnlyList<string> args, CommandOutput output, Func<BrokerOptions, IReadOnlyList<string>, Task<int>> run)
    {
        var config = new Option<string>("--config") { Description = $"The configuration file. Else {string.Join(", else ", ConfigLocations.Searched)}.", HelpName = "file", Recursive = true };
        var root = new RootCommand("FlyMQ: a durable message broker that speaks the Apache Kafka protocol. Without a command it runs the broker.")
        {
            config,
        };
        var flags = OptionKeys.All.Select(k => new Option<string>(k.Flag)
        {
            Hidden = true,
            Recursive = true,
            // A flag without a value switches on.
            Arity = k.Form == OptionForm.Boolean ? ArgumentArity.ZeroOrOne : ArgumentArity.ExactlyOne,
        }).ToList();
        flags.ForEach(root.Options.Add);

        async Task<int> WithConfig(ParseResult parsed, Func<EffectiveConfig, Task<int>> then)
        {
            var loaded = Load(parsed, config, flags, output);
            if (loaded.Problems.Count == 0)
            {
                return await then(loaded);
            }

            Warn(loaded, output);
            output.Error.WriteLine($"flymq: {loaded.Problems.Count} {(loaded.Problems.Count == 1 ? "problem" : "problems")} in the configuration:");
            loaded.Problems.ToList().ForEach(p => output.Error.WriteLine($"  {p}"));
            return BadConfiguration;
        }

        root.SetAction(parsed => WithConfig(parsed, loaded => run(loaded.Options!, loaded.Warnings)));

        var print = new Command("print", "Shows the effective configuration and where every value comes from; secrets are masked.");
        print.SetAction(parsed => WithConfig(parsed, loaded =>
        {
            Warn(loaded, output);
            ConfigPrint.Write(loaded, output.Out);
            return Task.FromResult(Ok);
        }));

        var check = new Command("check", "Checks the configuration and does nothing else.");
        check.SetAction(parsed => WithConfig(parsed, loaded =>
        {
            Warn(loaded, output);
            output.Out.WriteLine("The configuration is good.");
            return Task.FromResult(Ok);
        }));

        var version = new Command("version", "Shows the version.");
        version.SetAction(_ => output.Out.WriteLine($"flymq {ProductVersion.Text}"));

        root.Subcommands.Add(new Command("config", "The configuration.") { print, check });
        root.Subcommands.Add(version);

        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithKeys((HelpAction)help.Action!);
        // Unknown flags are reported with everything else that is wrong, by the loader.
        foreach (var command in new Command[] { root, print, check })
        {
            command.TreatUnmatchedTokensAsErrors = false;
        }

        var parsed = root.Parse(args, new ParserConfiguration { EnablePosixBundling = false, ResponseFileTokenReplacer = null });
        // The broker has its own way to end: signals must not be cut short after the library's two seconds.
        var invocation = new InvocationConfiguration
        {
            ProcessTerminationTimeout = null,
            EnableDefaultExceptionHandler = false,
            Output = output.Out,
            Error = output.Error,
        };
        if (parsed.Action is null || parsed.CommandResult.Command is { Subcommands.Count: > 0, Name: "config" })
        {
            // "flymq config" alone: say what there is.
            await root.Parse([.. args, "--help"]).InvokeAsync(invocation);
            return BadConfiguration;
        }

        // A flag without its value is the only mistake that only the parser sees; it is added to the others.
        return parsed.Action is System.CommandLine.Invocation.ParseErrorAction
            ? await WithConfig(parsed, _ => Task.FromResult(BadConfiguration))
            : await parsed.InvokeAsync(invocation);
    }

    private static void Warn(EffectiveConfig loaded, CommandOutput output)
    {
        foreach (var warning in loaded.Warnings)
        {
            output.Error.WriteLine($"warning: {warning}");
        }
    }

    private static EffectiveConfig Load(ParseResult parsed, Option<string> config, IReadOnlyList<Option<string>> flags, CommandOutput output)
    {
        var given = new List<KeyValuePair<string, string>>();
        foreach (var flag in flags)
        {
            if (parsed.GetResult(flag) is { Implicit: false } result && (result.Tokens.Count > 0 || flag.Arity.MinimumNumberOfValues == 0))
            {
                given.Add(new(flag.Name[2..], result.Tokens.Count == 0 ? "true" : result.Tokens[^1].Value));
            }
        }

        var problems = new List<ConfigProblem>();
        ReadUnmatched(parsed.UnmatchedTokens, given, problems);
        problems.AddRange(parsed.Errors.Select(e => new ConfigProblem("the command line", null, "flag", e.Message)));

        var named = parsed.GetResult(config) is { Tokens: [.., var token] } ? token.Value : output.Environment.GetValueOrDefault(ConfigLocations.Variable);
        ConfigFile? file = null;
        try
        {
            file = ConfigLocations.Read(named);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            problems.Add(new ConfigProblem("--config", named, "file", $"cannot be read: {error.Message}"));
        }

        var loaded = OptionsLoader.Load(given, output.Environment, file);
        return problems.Count == 0 ? loaded : loaded with { Problems = [.. problems, .. loaded.Problems], Options = null };
    }

    private static void ReadUnmatched(IReadOnlyList<string> tokens, List<KeyValuePair<string, string>> flags, List<ConfigProblem> problems)
    {
        for (var i = 0; i < tokens.Count; i++)
        {
            if (!tokens[i].StartsWith("--", StringComparison.Ordinal))
            {
                problems.Add(new ConfigProblem(tokens[i], null, "argument", "unknown; accepted: config print, config check, version, or nothing to run the broker"));
                continue;
            }

            var (name, value) = tokens[i].IndexOf('=', StringComparison.Ordinal) is > 0 and var at ? (tokens[i][2..at], tokens[i][(at + 1)..]) : (tokens[i][2..], "");
            // "--unknown value": the value belongs to it.
            if (value.Length == 0 && i + 1 < tokens.Count && !tokens[i + 1].StartsWith("--", StringComparison.Ordinal))
            {
                value = tokens[++i];
            }

            flags.Add(new(name, value));
        }
    }
}
