using System.Buffers;

namespace FlyMQ.Server.Logging;

/// <summary>Writes an entry as it leaves the process, line end included. One thread at a time.</summary>
internal abstract class LogFormatter
{
    public abstract void Write(in LogEntry entry, ArrayBufferWriter<byte> output);
}
