using System.Globalization;

namespace FlyMQ.Server.Health;

/// <summary>How much memory this process may have: the smallest limit of its control groups, or what the machine has.</summary>
internal static class MemoryLimit
{
    private const string Groups = "/proc/self/cgroup", Machine = "/proc/meminfo";
    private const string VersionTwo = "/sys/fs/cgroup", VersionOne = "/sys/fs/cgroup/memory";

    /// <param name="read">A file's content; null where there is none.</param>
    /// <returns>Bytes; 0 where nothing tells.</returns>
    public static long Bytes(Func<string, string?> read)
    {
        var total = MachineBytes(read(Machine) ?? "");
        var limit = total;
        foreach (var line in (read(Groups) ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            // hierarchy:controllers:path; version 2 is hierarchy 0 without controllers.
            if (line.Split(':', 3) is not [var hierarchy, var controllers, var path])
            {
                continue;
            }

            if (hierarchy == "0" && controllers.Length == 0)
            {
                limit = Smallest(limit, VersionTwo, path, "memory.max", read);
            }
            else if (controllers.Split(',').Contains("memory", StringComparer.Ordinal))
            {
                limit = Smallest(limit, VersionOne, path, "memory.limit_in_bytes", read);
            }
        }

        return limit;
    }

    /// <summary>The file system's, for <see cref="Bytes"/>.</summary>
    public static string? ReadFile(string path)
    {
        try
        {
            return File.Exists(path) ? File.ReadAllText(path) : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    // A group is also held to the limits of those above it. Inside a container the path may be the host's, and only the root is to be seen.
    private static long Smallest(long limit, string root, string path, string file, Func<string, string?> read)
    {
        for (var group = path.TrimEnd('/'); ; group = group[..group.LastIndexOf('/')])
        {
            if (long.TryParse(read($"{root}{group}/{file}"), NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var bytes) && bytes > 0)
            {
                limit = limit == 0 ? bytes : Math.Min(limit, bytes);
            }

            if (!group.Contains('/', StringComparison.Ordinal))
            {
                return limit;
            }
        }
    }

    private static long MachineBytes(string meminfo)
    {
        foreach (var line in meminfo.Split('\n'))
        {
            if (line.StartsWith("MemTotal:", StringComparison.Ordinal)
                && line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, var kilobytes, "kB"]
                && long.TryParse(kilobytes, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                return number * 1024;
            }
        }

        return 0;
    }
}
