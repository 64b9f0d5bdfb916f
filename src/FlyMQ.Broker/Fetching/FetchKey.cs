namespace FlyMQ.Broker.Fetching;

/// <summary>A partition as a fetch names it: by topic id from version 13 on, by name before. The other of the two is empty.</summary>
internal readonly record struct FetchKey(Guid TopicId, string Topic, int Partition);
