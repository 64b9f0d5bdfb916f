using FlyMQ.Protocol;

namespace FlyMQ.Metadata;

/// <summary>What became of one part of a command: one topic, one partition, one configuration resource.</summary>
/// <param name="Name">The topic's or resource's name.</param>
/// <param name="Partition">The partition, −1 where the item is not about one.</param>
public sealed record CommandItem(string Name, Guid TopicId, int Partition, ErrorCode Error, string? Message = null);
