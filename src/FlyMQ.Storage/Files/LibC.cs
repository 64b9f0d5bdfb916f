using System.ComponentModel;
using System.Globalization;
using System.Runtime.InteropServices;

namespace FlyMQ.Storage.Files;

/// <summary>What .NET has no words for. Numbers are Linux's.</summary>
internal static partial class LibC
{
    public const int ReadOnly = 0, ReadWrite = 2, Create = 0x40, Exclusive = 0x80, DataSync = 0x1000, CloseOnExec = 0x80000;
    private const int NumberOfFiles = 7;
    public const int LockExclusive = 2, LockNonBlocking = 4, KeepSize = 1;
    public const int InvalidArgument = 22, SystemFileLimit = 23, ProcessFileLimit = 24, NoSpace = 28, QuotaExceeded = 122;

    // These two differ between processor architectures.
    public static readonly int Direct = RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm ? 0x10000 : 0x4000;
    public static readonly int Folder = RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm ? 0x4000 : 0x10000;

    public static int LastError => Marshal.GetLastPInvokeError();

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    public static partial int Open(string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    public static partial int Fsync(int descriptor);

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    public static partial int Fdatasync(SafeHandle descriptor);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    public static partial int Flock(int descriptor, int operation);

    [LibraryImport("libc", EntryPoint = "fallocate", SetLastError = true)]
    public static partial int Fallocate(SafeHandle descriptor, int mode, long offset, long length);

    /// <summary>The exception for the call that failed last.</summary>
    public static IOException Failure(string call, string path)
    {
        var error = LastError;
        var message = $"{call} {path}: {new Win32Exception(error).Message} (errno {error})";
        return error switch
        {
            NoSpace or QuotaExceeded => new StorageFullException(message),
            ProcessFileLimit or SystemFileLimit => TooManyOpenFiles(error, message),
            2 => new FileNotFoundException(message, path),
            _ => new IOException(message),
        };
    }

    /// <summary>What ran out, and how a person gives more of it.</summary>
    public static TooManyOpenFilesException TooManyOpenFiles(int error, string message, Exception? inner = null) => new(
        error == SystemFileLimit
            ? $"{message}: all files that the system may open are (fs.file-max)."
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{message}: the process may open {(GetLimit(NumberOfFiles, out var limit) == 0 ? limit.Soft : 0)} files and connections, and has. Raise the limit (LimitNOFILE of systemd, ulimit -n)."),
        inner);

    [LibraryImport("libc", EntryPoint = "getrlimit", SetLastError = true)]
    private static partial int GetLimit(int resource, out Limits limit);

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Limits(ulong Soft, ulong Hard);
}
