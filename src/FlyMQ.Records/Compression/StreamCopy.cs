namespace FlyMQ.Records.Compression;

internal static class StreamCopy
{
    /// <summary>Reads a decompressing stream to its end into a bounded buffer.</summary>
    internal static void ToEnd(Stream stream, PooledBuffer destination, int step)
    {
        while (true)
        {
            var read = stream.Read(destination.GetSpan(step));
            if (read == 0)
            {
                return;
            }

            destination.Advance(read);
        }
    }
}
