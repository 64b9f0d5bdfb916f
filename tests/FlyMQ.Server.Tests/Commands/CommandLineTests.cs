using FlyMQ.Server.Commands;
using FlyMQ.Server.Options;

namespace FlyMQ.Server.Tests.Commands;

public sealed class CommandLineTests
{
    [Fact]
    public async Task Without_a_command_the_broker_runs_and_its_exit_code_is_ours()
    {
        BrokerOptions? ran = null;
        var (code, _, error) = await Run(["--storage.sync", "none", "--node.id=7", "--topics.auto_create"], options =>
        {
            ran = options;
            return 42;
        });
        Assert.Equal(42, code);
        Assert.Equal("", error);
        Assert.Equal(7, ran!.Node.Id);
        Assert.True(ran.Topics.AutoCreate);
    }

    [Fact]
    public async Task Everything_wrong_is_shown_at_once_and_the_exit_code_is_2()
    {
        var (code, output, error) = await Run(["--storage.snyc", "none", "--node.id", "-1", "start", "--node.rack"]);
        Assert.Equal(CommandLine.BadConfiguration, code);
        Assert.Equal("", output);
        Assert.StartsWith("flymq: 4 problems in the configuration:\n", error, StringComparison.Ordinal);
        Assert.Contains("  start (argument): unknown; accepted: config print, config check, version", error, StringComparison.Ordinal);
        Assert.Contains("  the command line (flag): Required argument missing for option: '--node.rack'.", error, StringComparison.Ordinal);
        Assert.Contains("  storage.snyc = \"none\" (flag --storage.snyc): unknown key; the nearest known key is storage.sync", error, StringComparison.Ordinal);
        Assert.Contains("  node.id = \"-1\" (flag --node.id): not accepted", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Config_print_shows_every_key_with_its_value_and_source()
    {
        var (code, output, error) = await Run(["config", "print", "--node.id", "7"], environment: new() { ["FLYMQ_STORAGE_SYNC"] = "none", ["FLYMQ_PORT"] = "1" });
        Assert.Equal(CommandLine.Ok, code);
        Assert.StartsWith("warning: The environment variable FLYMQ_PORT is no key", error, StringComparison.Ordinal);
        var lines = output.TrimEnd('\n').Split('\n').Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToList();
        Assert.Equal(OptionKeys.All.Select(k => k.Name), lines.Select(l => l[0]));
        Assert.Contains(lines, l => l is ["node.id", "7", "flag", "--node.id"]);
        Assert.Contains(lines, l => l is ["storage.sync", "none", "environment", "FLYMQ_STORAGE_SYNC"]);
        Assert.Contains(lines, l => l is ["logging.level", "info", "default"]);
    }

    [Fact]
    public void A_secret_is_masked_wherever_it_is_shown()
    {
        var key = new OptionKey<string>("security", "password", OptionTypes.Text("a word", v => v != "bad"), "", "A secret.") { Secret = true };
        var output = new StringWriter();
        ConfigPrint.Write(new EffectiveConfig([new OptionEntry(key, "hunter2", "flag")], [], [], null), output);
        Assert.DoesNotContain("hunter2", output.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", ConfigProblem.NotAccepted(key, "hunter2", "flag").ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Config_check_says_good_or_what_is_wrong()
    {
        Assert.Equal((CommandLine.Ok, "The configuration is good.\n"), await Run(["config", "check"]) is var (c, o, _) ? (c, o) : default);
        Assert.Equal(CommandLine.BadConfiguration, (await Run(["config", "check", "--node.id", "x"])).Code);
    }

    [Fact]
    public async Task A_named_file_is_read_and_one_that_is_not_there_is_a_problem()
    {
        using var folder = new TempFolder();
        var path = Path.Combine(folder.Path, "my.json");
        await File.WriteAllTextAsync(path, """{ "node": { "id": 9 } }""");
        BrokerOptions? ran = null;
        await Run(["--config", path], options => (ran = options).Node.Id);
        Assert.Equal(9, ran!.Node.Id);
        await Run([], options => (ran = options).Node.Id, new() { ["FLYMQ_CONFIG"] = path });
        Assert.Equal(9, ran.Node.Id);

        var (code, _, error) = await Run(["--config", path + ".missing", "--node.id", "x"]);
        Assert.Equal(CommandLine.BadConfiguration, code);
        Assert.Contains("2 problems", error, StringComparison.Ordinal);
        Assert.Contains(path + ".missing", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_names_the_commands_and_every_key()
    {
        var (code, output, _) = await Run(["--help"]);
        Assert.Equal(CommandLine.Ok, code);
        Assert.Contains("config ", output, StringComparison.Ordinal);
        Assert.All(OptionKeys.All, k => Assert.Contains($"--{k.Name} ", output, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Version_shows_the_version() => Assert.StartsWith("flymq 0.1.0", (await Run(["version"])).Output, StringComparison.Ordinal);

    private static async Task<(int Code, string Output, string Error)> Run(
        string[] args, Func<BrokerOptions, int>? run = null, Dictionary<string, string>? environment = null)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var code = await CommandLine.RunAsync(
            args, new CommandOutput(output, error, environment ?? []), (options, _) => Task.FromResult(run?.Invoke(options) ?? throw new InvalidOperationException("the broker must not run")));
        return (code, output.ToString(), error.ToString());
    }
}
