using FlyMQ.Protocol.Messages.Data;

namespace FlyMQ.Broker.Fetching;

/// <summary>
/// What one consumer fetches from, remembered between its requests so that they name only what changed (KIP-227). Touched by the requests of one
/// connection, one after the other, under the session's own lock.
/// </summary>
internal sealed class FetchSession(int id, bool usesTopicIds)
{
    private readonly LinkedList<SessionPartition> _order = new();
    private readonly Dictionary<FetchKey, LinkedListNode<SessionPartition>> _partitions = [];

    public Lock Lock { get; } = new();

    public int Id => id;

    public bool UsesTopicIds => usesTopicIds;

    /// <summary>What the next request has to say; wraps from 2³¹−1 to 1, for 0 and −1 mean something else.</summary>
    public int Epoch { get; private set; } = 1;

    public long LastUsed { get; set; }

    public int Count => _partitions.Count;

    /// <summary>In the order in which they are served: who was given records goes to the end.</summary>
    public IEnumerable<SessionPartition> Partitions => _order;

    public void Advance() => Epoch = Epoch == int.MaxValue ? 1 : Epoch + 1;

    public void Update(FetchRequest request)
    {
        foreach (var topic in request.Topics)
        {
            foreach (var partition in topic.Partitions)
            {
                var key = new FetchKey(topic.TopicId, topic.Topic, partition.Partition);
                if (_partitions.TryGetValue(key, out var node))
                {
                    node.Value.Request = partition;
                }
                else
                {
                    _partitions.Add(key, _order.AddLast(new SessionPartition(key) { Request = partition }));
                }
            }
        }

        foreach (var topic in request.ForgottenTopicsData)
        {
            foreach (var partition in topic.Partitions)
            {
                if (_partitions.Remove(new FetchKey(topic.TopicId, topic.Topic, partition), out var node))
                {
                    _order.Remove(node);
                }
            }
        }
    }

    public void MoveToEnd(FetchKey key)
    {
        if (_partitions.TryGetValue(key, out var node))
        {
            _order.Remove(node);
            _order.AddLast(node);
        }
    }

    public SessionPartition? Find(FetchKey key) => _partitions.GetValueOrDefault(key)?.Value;
}

/// <summary>What a session's partition asked for, and what its client was told last.</summary>
internal sealed class SessionPartition(FetchKey key)
{
    public FetchKey Key => key;

    public required FetchRequest.FetchPartition Request { get; set; }

    private (long HighWatermark, long LastStableOffset, long LogStartOffset)? Told { get; set; }

    /// <summary>True when the answer has something the client does not know; remembers it as told.</summary>
    public bool IsNews(FetchResponse.PartitionData answer)
    {
        var now = (answer.HighWatermark, answer.LastStableOffset, answer.LogStartOffset);
        var news = Told != now || answer.Records is { Length: > 0 } || answer.ErrorCode != Protocol.ErrorCode.None || answer.DivergingEpoch is not null;
        // An error is told again until it is gone.
        Told = answer.ErrorCode == Protocol.ErrorCode.None ? now : null;
        return news;
    }
}
