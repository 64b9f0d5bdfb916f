#pragma warning disable RS0030 // This is the one place of the storage that touches the file system; everything else goes through IFiles.
using Microsoft.Win32.SafeHandles;

namespace FlyMQ.Storage.Files;

internal sealed class OsFile(string path, SafeFileHandle handle) : IFile
{
    public long Length => RandomAccess.GetLength(handle);

    public int Read(Span<byte> destination, long position)
    {
        var total = 0;
        while (total < destination.Length)
        {
            var read = RandomAccess.Read(handle, destination[total..], position + total);
            if (read == 0)
            {
                break;
            }

            total += read;
        }

        return total;
    }

    public void Write(ReadOnlySpan<byte> source, long position)
    {
        try
        {
            RandomAccess.Write(handle, source, position);
        }
        catch (IOException e) when (IsFull(e))
        {
            throw new StorageFullException($"No room for {source.Length} bytes in {path}.", e);
        }
    }

    public void Write(IReadOnlyList<ReadOnlyMemory<byte>> sources, long position)
    {
        try
        {
            RandomAccess.Write(handle, sources, position);
        }
        catch (IOException e) when (IsFull(e))
        {
            throw new StorageFullException($"No room for more in {path}.", e);
        }
    }

    public void Flush()
    {
        if (LibC.Fdatasync(handle) != 0)
        {
            throw LibC.Failure("fdatasync", path);
        }
    }

    public void Truncate(long length) => RandomAccess.SetLength(handle, length);

    public void Preallocate(long length)
    {
        // Keeps the length; a file system that cannot is no reason to fail.
        _ = LibC.Fallocate(handle, LibC.KeepSize, 0, length);
    }

    public void Dispose() => handle.Dispose();

    private static bool IsFull(IOException e) => (e.HResult & 0xFFFF) is LibC.NoSpace or LibC.QuotaExceeded;
}
