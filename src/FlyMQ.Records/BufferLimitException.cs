using System.Globalization;

namespace FlyMQ.Records;

/// <summary>More was to be written than the buffer's owner allows.</summary>
public sealed class BufferLimitException(int limit)
    : IOException(string.Create(CultureInfo.InvariantCulture, $"more than {limit} bytes"))
{
    public int Limit { get; } = limit;
}
