using System.Diagnostics.CodeAnalysis;
using System.IO.Hashing;

namespace FlyMQ.Protocol.Wire;

/// <summary>
/// Gives the string it made the last time for the same UTF-8 bytes, so that the topic names of a connection's requests are made once.
/// One slot per hash: a newcomer replaces what was there, and memory is bounded by the slots times <see cref="MaxTextSize"/>.
/// Touched by the connection's reader only.
/// </summary>
public sealed class StringCache
{
    /// <summary>UTF-8 bytes; a topic name has 249 at most, and longer text is not kept.</summary>
    public const int MaxTextSize = 256;

    private const int DefaultSlots = 256;

    private readonly Entry[] slots;

    /// <param name="slots">A power of two.</param>
    public StringCache(int slots = DefaultSlots)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(int.PopCount(slots), 1, nameof(slots));
        this.slots = new Entry[slots];
    }

    internal bool TryGet(ReadOnlySpan<byte> utf8, [NotNullWhen(true)] out string? text)
    {
        if (utf8.Length <= MaxTextSize && slots[Slot(utf8)] is { Utf8: { } known } entry && utf8.SequenceEqual(known))
        {
            text = entry.Text;
            return true;
        }

        text = null;
        return false;
    }

    internal void Add(ReadOnlySpan<byte> utf8, string text)
    {
        if (utf8.Length <= MaxTextSize)
        {
            slots[Slot(utf8)] = new Entry(utf8.ToArray(), text);
        }
    }

    private int Slot(ReadOnlySpan<byte> utf8) => (int)XxHash3.HashToUInt64(utf8) & (slots.Length - 1);

    private readonly record struct Entry(byte[] Utf8, string Text);
}
