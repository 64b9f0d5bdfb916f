namespace FlyMQ.Storage.Files;

/// <summary>An open file. Reads may run beside a write; writes are the caller's to order.</summary>
public interface IFile : IDisposable
{
    long Length { get; }

    /// <returns>Bytes read: fewer than asked for only at the end of the file.</returns>
    int Read(Span<byte> destination, long position);

    void Write(ReadOnlySpan<byte> source, long position);

    /// <summary>One gathering write.</summary>
    void Write(IReadOnlyList<ReadOnlyMemory<byte>> sources, long position);

    /// <summary>
    /// fdatasync. After an exception nothing that was written since the last successful flush may be believed to be on disk, and a second
    /// call must not be made.
    /// </summary>
    void Flush();

    void Truncate(long length);

    /// <summary>Reserves room (fallocate, keeping the length); does nothing where the file system cannot.</summary>
    void Preallocate(long length);
}
