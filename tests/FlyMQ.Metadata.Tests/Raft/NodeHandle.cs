using System.Collections.Concurrent;
using System.Diagnostics;

namespace FlyMQ.Metadata.Tests.Raft;

/// <summary>The parent's side of a <see cref="NodeProcess"/>.</summary>
internal sealed class NodeHandle : IDisposable
{
    private readonly Process _process;
    private readonly Task _reading;

    private NodeHandle(Process process, ConcurrentQueue<string> lines, Action line)
    {
        _process = process;
        _reading = Read(process.StandardOutput, lines, line);
    }

    public static NodeHandle Start(int id, string folder, string role, string log, int[] ports, ConcurrentQueue<string> lines, Action line)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            ArgumentList = { "node", $"{id}", Path.Combine(folder, $"{id}"), role, log },
        };
        foreach (var port in ports)
        {
            start.ArgumentList.Add($"{port}");
        }

        return new NodeHandle(Process.Start(start)!, lines, line);
    }

    /// <summary>SIGKILL; nothing the process still had in memory reaches the disk.</summary>
    public void Kill() => _process.Kill();

    /// <summary>After its end: everything it had printed has been read.</summary>
    public async Task Ended()
    {
        await _process.WaitForExitAsync();
        await _reading;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    private static async Task Read(StreamReader output, ConcurrentQueue<string> lines, Action line)
    {
        while (await output.ReadLineAsync() is { } text)
        {
            lines.Enqueue(text);
            line();
        }
    }
}
