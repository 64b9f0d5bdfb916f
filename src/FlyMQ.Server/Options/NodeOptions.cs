using static FlyMQ.Server.Options.OptionTypes;

namespace FlyMQ.Server.Options;

/// <summary>Which node of a cluster this is.</summary>
public sealed record NodeOptions
{
    public int Id { get; init; } = NodeKeys.Id.Default;

    public string? Rack { get; init; } = NodeKeys.Rack.Default;

    internal static NodeOptions From(OptionValues values) => new() { Id = values.Get(NodeKeys.Id), Rack = values.Get(NodeKeys.Rack) };
}

internal static class NodeKeys
{
    public static readonly OptionSection Section = new("node", "Which node of a cluster this is.");

    public static readonly OptionKey<int> Id = Section.Key(
        "id", Whole(0), 1, "This node's number, its own in the cluster and the same for as long as its data lives.", "node.id");

    public static readonly OptionKey<string?> Rack = Section.Key(
        "rack", OptionalText("any text", _ => true), null, "Where this node stands: replicas are spread over racks.", "broker.rack");
}
