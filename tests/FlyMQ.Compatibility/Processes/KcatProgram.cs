using FlyMQ.Compatibility.Brokers;

namespace FlyMQ.Compatibility.Processes;

/// <summary>Runs Debian's kcat (librdkafka 2.0.2) against a broker.</summary>
internal sealed class KcatProgram(BrokerProcess broker)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    public static void Require() => Programs.Require("kcat");

    public Task<ProgramRun> RunAsync(string[] arguments, byte[]? input = null, string? folder = null) =>
        ProgramRun.OfAsync("kcat", ["-b", broker.Address, .. arguments], input, Limit, folder);

    public async Task ProduceAsync(string topic, string input, params string[] more) =>
        (await RunAsync(["-P", "-t", topic, .. more], System.Text.Encoding.UTF8.GetBytes(input))).Succeeded();

    /// <summary>Everything the topic holds now, a line a record in kcat's <paramref name="format"/>.</summary>
    public async Task<IReadOnlyList<string>> ReadAsync(string topic, string format = "%s", params string[] more) =>
        (await RunAsync(["-C", "-t", topic, "-o", "beginning", "-e", "-f", format + "\\n", .. more])).Succeeded().Lines;

    /// <summary>What a member of the group reads until it stands at every partition's end; its offsets are committed as it leaves.</summary>
    public async Task<IReadOnlyList<string>> ReadAsMemberAsync(string group, string topic) =>
        (await RunAsync(["-G", group, "-e", "-f", "%s\\n", "-X", "auto.offset.reset=earliest", topic])).Succeeded().Lines;
}
