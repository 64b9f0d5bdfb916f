namespace FlyMQ.Records.Compression;

internal enum Lz4HeaderChecksum
{
    Verified,
    /// <summary>KAFKA-3160: clients of message formats v0 and v1 computed it over the wrong bytes.</summary>
    Ignored,
}
