using System.Diagnostics;

namespace FlyMQ.Compatibility.Brokers;

/// <summary>What a broker printed: all of it in a file, the newest lines at hand for a failure's message.</summary>
internal sealed class BrokerLog(string path) : IDisposable
{
    private const int KeptLines = 60;
    private readonly Lock _gate = new();
    private readonly StreamWriter _file = new(path, append: true);
    private readonly Queue<string> _tail = new();

    public void Follow(Process process)
    {
        process.OutputDataReceived += (_, line) => Add(line.Data);
        process.ErrorDataReceived += (_, line) => Add(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public void Add(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_gate)
        {
            _file.WriteLine(line);
            _file.Flush();
            _tail.Enqueue(line.Length > 400 ? line[..400] : line);
            if (_tail.Count > KeptLines)
            {
                _tail.Dequeue();
            }
        }
    }

    public string Tail()
    {
        lock (_gate)
        {
            return string.Join('\n', _tail);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _file.Dispose();
        }
    }
}
