using System.Buffers;
using FlyMQ.Records;

namespace FlyMQ.Protocol.Messages;

/// <summary>
/// Record batches in memory: what a client reads out of a response (a slice of its frame, alive as long as the frame is), and a
/// simple source for small answers.
/// </summary>
public sealed class SequenceRecordsSource(ReadOnlySequence<byte> records) : IRecordsSource
{
    public static SequenceRecordsSource Empty { get; } = new(ReadOnlySequence<byte>.Empty);

    public ReadOnlySequence<byte> Records { get; } = records;

    public int Length { get; } = checked((int)records.Length);

    internal static SequenceRecordsSource? From(ReadOnlySequence<byte>? records) => records is { } present ? new(present) : null;

    public void CopyTo(IBufferWriter<byte> destination)
    {
        foreach (var segment in Records)
        {
            destination.Write(segment.Span);
        }
    }

    public void Dispose()
    {
    }
}
