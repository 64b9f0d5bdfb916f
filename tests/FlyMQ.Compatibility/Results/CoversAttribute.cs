namespace FlyMQ.Compatibility.Results;

/// <summary>The features that a test shows for its class's client.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class CoversAttribute(params Feature[] features) : Attribute
{
    public IReadOnlyList<Feature> Features { get; } = features;
}
