namespace FlyMQ.Server.Commands;

/// <summary>Where a command writes, and the environment it sees.</summary>
internal sealed record CommandOutput(TextWriter Out, TextWriter Error, IReadOnlyDictionary<string, string> Environment);
