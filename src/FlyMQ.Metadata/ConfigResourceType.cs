namespace FlyMQ.Metadata;

/// <summary>What a configuration belongs to; the numbers are the protocol's.</summary>
public enum ConfigResourceType : sbyte
{
    Unknown = 0,
    Topic = 2,
    Broker = 4,
    BrokerLogger = 8,
    ClientMetrics = 16,
    Group = 32,
}
