using System.Buffers;

namespace FlyMQ.Records;

/// <summary>
/// Record batches on their way out: the length is known when a response's size is computed, the bytes are copied once, when it is
/// encoded. Dispose gives back what it pins (a tail chunk, a segment's handle); the response's writer does so after encoding.
/// </summary>
public interface IRecordsSource : IDisposable
{
    int Length { get; }

    /// <exception cref="IOException">The bytes could not be read; the response's connection ends, nothing else does.</exception>
    void CopyTo(IBufferWriter<byte> destination);
}
