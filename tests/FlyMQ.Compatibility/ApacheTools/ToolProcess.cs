using System.Text.Json.Nodes;
using FlyMQ.Compatibility.Brokers;
using FlyMQ.Compatibility.Processes;

namespace FlyMQ.Compatibility.ApacheTools;

/// <summary>
/// One JVM that runs Apache Kafka's tools one after another for a whole test class: their <c>main</c> with a command line, without a second
/// of start for each.
/// </summary>
public sealed class ToolProcess : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);
    private HelperProcess? _process;

    internal async Task<ToolRun> RunAsync(string tool, IEnumerable<string> arguments, string? input = null)
    {
        _process ??= JavaHelper.Start();
        JsonObject request = new()
        {
            ["op"] = "tool",
            ["class"] = tool,
            ["args"] = new JsonArray([.. arguments.Select(argument => (JsonNode)argument)]),
            ["input"] = input,
        };
        var run = (await _process.CallAsync(request, Limit))!;
        return new ToolRun(run["code"]!.GetValue<int>(), run["out"]!.GetValue<string>(), run["err"]!.GetValue<string>());
    }

    internal Task<ToolRun> RunAsync(BrokerProcess broker, string tool, params string[] arguments) =>
        RunAsync(tool, ["--bootstrap-server", broker.Address, .. arguments]);

    /// <summary>For the tools that end their JVM themselves.</summary>
    internal static async Task<ToolRun> RunAloneAsync(string tool, params string[] arguments)
    {
        var script = Path.Combine(SuiteEnvironment.RequireKafkaPeer(), "run-class.sh");
        var run = await ProgramRun.OfAsync(script, [tool, .. arguments], limit: Limit);
        return new ToolRun(run.ExitCode, run.Output, run.Error);
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }
    }
}
