using System.Buffers;
using FlyMQ.Records;

namespace FlyMQ.Storage.Segments;

/// <summary>Batches in a segment's file, read in steps when they are copied out. Holds the segment until disposed.</summary>
internal sealed class FileRecords(Segment segment, long position, int length, PartitionLogMetrics metrics) : IRecordsSource
{
    private const int Step = 64 * 1024;
    private Segment? _segment = segment;

    public int Length => length;

    public void CopyTo(IBufferWriter<byte> destination)
    {
        ObjectDisposedException.ThrowIf(_segment is null, this);
        for (var done = 0; done < length;)
        {
            var wanted = Math.Min(Step, length - done);
            var span = destination.GetSpan(wanted);
            span = span[..Math.Min(span.Length, length - done)];
            var read = _segment.Read(span, position + done);
            if (read == 0)
            {
                throw new DamagedLogException(_segment.LogPath, position + done);
            }

            destination.Advance(read);
            done += read;
        }

        metrics.Gave(length);
    }

    public void Dispose() => Interlocked.Exchange(ref _segment, null)?.Release();
}
