namespace FlyMQ.Metadata.Configs;

/// <summary>Where a value comes from, strongest first; the numbers are DescribeConfigs' (KIP-226).</summary>
public enum ConfigSource : sbyte
{
    Unknown = 0,
    Topic = 1,
    DynamicBroker = 2,
    DynamicDefaultBroker = 3,
    StaticBroker = 4,
    Default = 5,
    DynamicBrokerLogger = 6,
    ClientMetrics = 7,
    Group = 8,
}
