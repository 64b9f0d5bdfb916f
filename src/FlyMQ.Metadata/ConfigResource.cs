using System.Globalization;

namespace FlyMQ.Metadata;

/// <summary>Something that has a configuration. A broker by its id as text; the empty name is the default of all brokers.</summary>
public readonly record struct ConfigResource(ConfigResourceType Type, string Name) : IComparable<ConfigResource>
{
    /// <summary>What holds for every broker unless the broker says otherwise.</summary>
    public static readonly ConfigResource AllBrokers = new(ConfigResourceType.Broker, "");

    public static ConfigResource Broker(int id) => new(ConfigResourceType.Broker, id.ToString(CultureInfo.InvariantCulture));

    public static ConfigResource Topic(string name) => new(ConfigResourceType.Topic, name);

    public int CompareTo(ConfigResource other) =>
        Type != other.Type ? Type.CompareTo(other.Type) : string.CompareOrdinal(Name, other.Name);
}
