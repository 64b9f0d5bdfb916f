using System.Buffers;

namespace FlyMQ.Records.Tests;

/// <summary>Cuts bytes into a sequence of several pieces, as a pipe delivers them.</summary>
internal static class Pieces
{
    public static ReadOnlySequence<byte> Of(ReadOnlyMemory<byte> bytes, int pieceSize)
    {
        if (bytes.Length <= pieceSize)
        {
            return new ReadOnlySequence<byte>(bytes);
        }

        var first = new Piece(bytes[..pieceSize], 0);
        var last = first;
        for (var position = pieceSize; position < bytes.Length; position += pieceSize)
        {
            last = last.Append(bytes.Slice(position, Math.Min(pieceSize, bytes.Length - position)));
        }

        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(ReadOnlyMemory<byte> memory, long runningIndex)
        {
            Memory = memory;
            RunningIndex = runningIndex;
        }

        public Piece Append(ReadOnlyMemory<byte> memory)
        {
            var next = new Piece(memory, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
