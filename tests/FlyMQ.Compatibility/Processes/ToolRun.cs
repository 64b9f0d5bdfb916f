namespace FlyMQ.Compatibility.Processes;

/// <summary>A tool that ran to its end.</summary>
internal sealed record ToolRun(int ExitCode, string Output, string Error)
{
    public IReadOnlyList<string> Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public ToolRun Succeeded()
    {
        Assert.True(ExitCode == 0, $"exit code {ExitCode}\n{Output}\n{Error}");
        return this;
    }

    /// <summary>The row of a table that begins with these cells, as its cells.</summary>
    public IReadOnlyList<string> Row(params string[] first)
    {
        var rows = Lines.Select(line => line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries));
        var found = rows.FirstOrDefault(cells => cells.Take(first.Length).SequenceEqual(first));
        Assert.True(found is not null, $"no row begins with {string.Join(' ', first)}\n{Output}\n{Error}");
        return found;
    }
}
