using System.Globalization;

namespace FlyMQ.Compatibility.Brokers;

/// <summary>Figures of a running process from /proc.</summary>
internal static class ProcessFacts
{
    /// <summary>Resident memory in bytes.</summary>
    public static long ResidentBytes(int pid) => StatusKilobytes(pid, "VmRSS:") * 1024;

    /// <summary>The highest resident memory so far, in bytes.</summary>
    public static long PeakResidentBytes(int pid) => StatusKilobytes(pid, "VmHWM:") * 1024;

    public static IReadOnlyList<int> Children(int pid)
    {
        var path = $"/proc/{pid}/task/{pid}/children";
        return File.Exists(path)
            ? [.. File.ReadAllText(path).Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)]
            : [];
    }

    /// <summary>Who traces each of a process' threads; 0 for nobody.</summary>
    public static IReadOnlyList<int> Tracers(int pid)
    {
        var tracers = new List<int>();
        foreach (var thread in Directory.GetDirectories($"/proc/{pid}/task"))
        {
            try
            {
                const string field = "TracerPid:";
                var line = File.ReadLines(Path.Combine(thread, "status")).First(text => text.StartsWith(field, StringComparison.Ordinal));
                tracers.Add(int.Parse(line[field.Length..], CultureInfo.InvariantCulture));
            }
            catch (Exception gone) when (gone is IOException or InvalidOperationException)
            {
                // It ended between the two looks.
            }
        }

        return tracers;
    }

    private static long StatusKilobytes(int pid, string field)
    {
        var line = File.ReadLines($"/proc/{pid}/status").First(text => text.StartsWith(field, StringComparison.Ordinal));
        return long.Parse(line[field.Length..].Replace("kB", "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture);
    }
}
