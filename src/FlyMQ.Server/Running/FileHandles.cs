using System.IO.Enumeration;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;

namespace FlyMQ.Server.Running;

/// <summary>
/// The process's limit of open files: a broker holds some for every partition in use, and one for every connection. The runtime
/// raises it by itself under the JIT, and not in a native binary.
/// </summary>
internal static partial class FileHandles
{
    /// <summary>Below this a broker with some thousand partitions in use meets the limit.</summary>
    private const ulong Comfortable = 16_384;

    private const int NumberOfFiles = 7;

    /// <summary>Raises the soft limit to the hard one; the limit that then holds, null where it is not known.</summary>
    public static ulong? Raise(ServerEvents events)
    {
        if (!OperatingSystem.IsLinux() || GetLimit(NumberOfFiles, out var limit) != 0)
        {
            return null;
        }

        var before = limit.Soft;
        if (limit.Soft < limit.Hard)
        {
            var raised = limit with { Soft = limit.Hard };
            if (SetLimit(NumberOfFiles, in raised) == 0)
            {
                limit = raised;
            }
        }

        if (limit.Soft < Comfortable)
        {
            events.FewFileHandles(limit.Soft, before);
        }
        else
        {
            events.FileHandles(limit.Soft, before);
        }

        return limit.Soft;
    }

    /// <summary>How many are open; null where it is not known.</summary>
    public static int? CountOpen()
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        try
        {
            // What lists them is one of them.
            return new FileSystemEnumerable<bool>("/proc/self/fd", static (ref FileSystemEntry _) => true).Count() - 1;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // There is none left to look with.
            return null;
        }
    }

    /// <summary>The most there may be; null where it is not known.</summary>
    public static ulong? Limit() => OperatingSystem.IsLinux() && GetLimit(NumberOfFiles, out var limit) == 0 ? limit.Soft : null;

    [LibraryImport("libc", EntryPoint = "getrlimit")]
    private static partial int GetLimit(int resource, out Limits limit);

    [LibraryImport("libc", EntryPoint = "setrlimit")]
    private static partial int SetLimit(int resource, in Limits limit);

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Limits(ulong Soft, ulong Hard);
}
