namespace FlyMQ.Compatibility.Clients;

/// <summary>Kafka's compression types by their configuration names.</summary>
public enum Codec
{
    None,
    Gzip,
    Snappy,
    Lz4,
    Zstd,
}
