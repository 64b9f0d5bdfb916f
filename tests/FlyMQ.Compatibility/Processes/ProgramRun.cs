using System.Diagnostics;

namespace FlyMQ.Compatibility.Processes;

/// <summary>A program that ran to its end: exit code and what it printed.</summary>
internal sealed record ProgramRun(int ExitCode, byte[] OutputBytes, string Error)
{
    public string Output => System.Text.Encoding.UTF8.GetString(OutputBytes);

    public IReadOnlyList<string> Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public static async Task<ProgramRun> OfAsync(
        string program, IEnumerable<string> arguments, byte[]? input = null, TimeSpan? limit = null,
        string? folder = null, IReadOnlyDictionary<string, string>? environment = null)
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

        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        using var end = new CancellationTokenSource(limit ?? TimeSpan.FromSeconds(60));
        using var output = new MemoryStream();
        try
        {
            var reading = process.StandardOutput.BaseStream.CopyToAsync(output, end.Token);
            var errors = process.StandardError.ReadToEndAsync(end.Token);
            await WriteInputAsync(process, input, end.Token);
            await process.WaitForExitAsync(end.Token);
            await reading;
            return new ProgramRun(process.ExitCode, output.ToArray(), await errors);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} {string.Join(' ', start.ArgumentList)} did not end in time");
        }
    }

    /// <summary>The same run, or a failure that shows what the program said.</summary>
    public ProgramRun Succeeded()
    {
        Assert.True(ExitCode == 0, $"exit code {ExitCode}\n{Output}\n{Error}");
        return this;
    }

    private static async Task WriteInputAsync(Process process, byte[]? input, CancellationToken cancel)
    {
        try
        {
            if (input is not null)
            {
                await process.StandardInput.BaseStream.WriteAsync(input, cancel);
            }

            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The program ended before it had read everything; its exit code tells why.
        }
    }
}
