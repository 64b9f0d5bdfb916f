using System.Diagnostics;
using System.Text.Json.Nodes;
using FlyMQ.Compatibility.Clients;

namespace FlyMQ.Compatibility.Processes;

/// <summary>
/// A client library in another language, driven over its standard input and output: one JSON object a line, one request at a time.
/// Request <c>{"op": …, …}</c>; reply <c>{"ok": …}</c> or <c>{"code": Kafka's error code, "error": text}</c>.
/// </summary>
internal sealed class HelperProcess : IAsyncDisposable
{
    private const int KeptErrorLines = 30;
    private static readonly TimeSpan DefaultLimit = TimeSpan.FromSeconds(120);
    private readonly Process _process;
    private readonly SemaphoreSlim _turn = new(1);
    private readonly Queue<string> _errors = new();

    public HelperProcess(string program, IEnumerable<string> arguments, string? folder = null)
    {
        ProcessStartInfo start = new(program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder ?? "",
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        _process = Process.Start(start)!;
        _process.ErrorDataReceived += (_, line) => KeepError(line.Data);
        _process.BeginErrorReadLine();
    }

    public async Task<JsonNode?> CallAsync(JsonObject request, TimeSpan? limit = null)
    {
        await _turn.WaitAsync();
        try
        {
            using var end = new CancellationTokenSource(limit ?? DefaultLimit);
            await _process.StandardInput.WriteLineAsync(request.ToJsonString().AsMemory(), end.Token);
            await _process.StandardInput.FlushAsync(end.Token);
            var line = await _process.StandardOutput.ReadLineAsync(end.Token)
                ?? throw new InvalidOperationException($"the client's process ended\n{Errors()}");
            var reply = JsonNode.Parse(line)!.AsObject();
            return reply.TryGetPropertyValue("ok", out var result)
                ? result
                : throw new ClientError(reply["code"]!.GetValue<int>(), $"{reply["error"]}\n{Errors()}");
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"no answer to {request["op"]}\n{Errors()}");
        }
        catch (IOException broken)
        {
            throw new InvalidOperationException($"the client's process is gone\n{Errors()}", broken);
        }
        finally
        {
            _turn.Release();
        }
    }

    public async Task KillAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
        _turn.Dispose();
    }

    private void KeepError(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_errors)
        {
            _errors.Enqueue(line);
            if (_errors.Count > KeptErrorLines)
            {
                _errors.Dequeue();
            }
        }
    }

    private string Errors()
    {
        lock (_errors)
        {
            return string.Join('\n', _errors);
        }
    }
}
