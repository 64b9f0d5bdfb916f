using System.Diagnostics;
using FlyMQ.Server.Running;

namespace FlyMQ.Server.Tests.Running;

/// <summary>The real program, as a process of its own.</summary>
public sealed class ProgramTests
{
    [Fact]
    public async Task A_wrong_configuration_ends_with_2_and_says_so_on_standard_error()
    {
        var (code, output, error) = await Run("--storage.sync", "sometimes");
        Assert.Equal(2, code);
        Assert.Equal("", output);
        Assert.Contains("storage.sync = \"sometimes\" (flag --storage.sync): not accepted; accepted: commit, interval, none", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_configuration_file_and_the_environment_reach_it()
    {
        using var folder = new TempFolder();
        var file = Path.Combine(folder.Path, "flymq.json");
        await File.WriteAllTextAsync(file, """{ "node": { "id": 5 } }""");
        var (code, output, _) = await Run("config", "print", "--config", file);
        Assert.Equal(0, code);
        Assert.Matches($@"node\.id +5 +{System.Text.RegularExpressions.Regex.Escape(file)}:1:13", output);
        Assert.Matches(@"logging\.level +error +environment FLYMQ_LOGGING_LEVEL", output);
    }

    [Fact]
    public async Task A_data_folder_in_use_ends_with_1_and_names_the_folder()
    {
        using var folder = new TempFolder();
        using var held = DataFolder.Open(folder.Path);
        var (code, output, error) = await Run("--data_dir", folder.Path);
        Assert.Equal(1, code);
        Assert.Equal("", output);
        Assert.Contains($"The data folder {folder.Path} belongs to another broker that runs", error, StringComparison.Ordinal);
    }

    // Whoever cannot send should not let clients in first and then end.
    [Theory]
    [InlineData("observability.tracing.", "--observability.tracing.enabled", "true")]
    [InlineData("observability.metrics.otlp.", "--observability.metrics.otlp.enabled", "true")]
    [InlineData("observability.clients.forward_", "--observability.clients.forward_endpoint", "localhost:4318")]
    public async Task A_file_of_certificates_that_is_missing_is_found_before_anything_starts(string keys, params string[] use)
    {
        using var folder = new TempFolder();
        var missing = Path.Combine(folder.Path, "none.pem");
        var (code, _, error) = await Run(
            ["--data_dir", folder.Path, "--health.listen", "127.0.0.1:0", $"--{keys}certificate_file", missing, .. use]);
        Assert.Equal(1, code);
        Assert.Contains($"{keys}certificate_file = \"{missing}\" cannot be used", error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(folder.Path, "metadata")));
    }

    private static async Task<(int Code, string Output, string Error)> Run(params string[] args)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "flymq"), args)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        start.Environment["FLYMQ_LOGGING_LEVEL"] = "error";
        using var process = Process.Start(start)!;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync();
            var error = process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync(new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token);
            return (process.ExitCode, await output, await error);
        }
        finally
        {
            process.Kill();
        }
    }
}
