namespace FlyMQ.Compatibility.Results;

/// <summary>The column of docs/clients.md that a test class fills.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ClientAttribute(string name) : Attribute
{
    public string Name { get; } = name;
}
