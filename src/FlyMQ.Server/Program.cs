using System.Collections;
using FlyMQ.Server.Commands;
using FlyMQ.Server.Composition;
using FlyMQ.Server.Logging;
using FlyMQ.Server.Running;

// Before the first socket: completions run on the polling thread instead of hopping to the pool, which is most of a small request's cost.
const string inlineCompletions = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";
if (Environment.GetEnvironmentVariable(inlineCompletions) is null)
{
    Environment.SetEnvironmentVariable(inlineCompletions, "1");
}

var environment = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
    .ToDictionary(e => (string)e.Key, e => (string?)e.Value ?? "", StringComparer.Ordinal);

var code = await CommandLine.RunAsync(args, new CommandOutput(Console.Out, Console.Error, environment), async (options, warnings) =>
{
    using var signals = new Signals();
    using var logs = new BrokerLogs(Console.OpenStandardError(), options.Logging, !Console.IsErrorRedirected, TimeProvider.System);
    var process = new BrokerProcess(options, warnings, logs, Console.Out, environment.GetValueOrDefault(ServiceNotifier.Variable), TimeProvider.System);
    return await process.RunAsync(BrokerHost.StartAsync, signals.Asked);
});

// Not a return: a thread that still waits for something must not keep the process.
Environment.Exit(code);
