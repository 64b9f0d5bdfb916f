namespace FlyMQ.Metadata.Encoding;

/// <summary>Bytes of the metadata log or a snapshot that this release cannot read: damaged, or written by a release that is too new.</summary>
public sealed class MetadataFormatException(string message) : Exception(message);
