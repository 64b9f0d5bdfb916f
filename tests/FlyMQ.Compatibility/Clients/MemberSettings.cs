namespace FlyMQ.Compatibility.Clients;

/// <summary>How a consumer joins its group. Offsets are committed only when the test says so; a new group begins at the earliest offset.</summary>
internal sealed record MemberSettings(string Group, string Topic)
{
    public string Assignor { get; init; } = "range";

    /// <summary>KIP-345's group.instance.id, or null for a dynamic member.</summary>
    public string? InstanceId { get; init; }

    public int SessionTimeoutMs { get; init; } = 6_000;
}
