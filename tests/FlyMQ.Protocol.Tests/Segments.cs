using System.Buffers;

namespace FlyMQ.Protocol.Tests;

/// <summary>Cuts bytes into the blocks of a sequence, empty ones among them, as a pipe may hand them over.</summary>
internal static class Segments
{
    public static ReadOnlySequence<byte> Split(byte[] bytes, Random random)
    {
        var first = new Segment(ReadOnlyMemory<byte>.Empty, null);
        var last = first;
        for (var at = 0; at < bytes.Length;)
        {
            var size = Math.Min(random.Next(0, 12), bytes.Length - at);
            last = new Segment(bytes.AsMemory(at, size), last);
            at += size;
        }

        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, Segment? previous)
        {
            Memory = memory;
            if (previous is not null)
            {
                previous.Next = this;
                RunningIndex = previous.RunningIndex + previous.Memory.Length;
            }
        }
    }
}
