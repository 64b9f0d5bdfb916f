using FlyMQ.Protocol;
using FlyMQ.Protocol.Messages.Data;

namespace FlyMQ.Broker.Fetching;

/// <summary>
/// The fetch sessions of this node, at most so many (KIP-227). When all places are taken, the one unused for longest gives way if it has been for two minutes;
/// else the newcomer works without a session. Safe to call from any thread.
/// </summary>
internal sealed class FetchSessions(int places, TimeProvider time, Random ids)
{
    private const int FinalEpoch = -1, InitialEpoch = 0;
    private static readonly TimeSpan EvictableAfter = TimeSpan.FromMinutes(2);

    private readonly Lock _lock = new();
    private readonly Dictionary<int, FetchSession> _sessions = [];

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _sessions.Count;
            }
        }
    }

    /// <summary>What a request means: which session it continues or begins, and whether it names everything.</summary>
    public FetchContext Enter(FetchRequest request, bool usesTopicIds)
    {
        if (request.SessionEpoch is InitialEpoch or FinalEpoch)
        {
            return Begin(request, usesTopicIds);
        }

        FetchSession? session;
        lock (_lock)
        {
            _sessions.TryGetValue(request.SessionId, out session);
        }

        if (session is null)
        {
            return FetchContext.Failed(ErrorCode.FetchSessionIdNotFound);
        }

        lock (session.Lock)
        {
            if (session.UsesTopicIds != usesTopicIds)
            {
                return FetchContext.Failed(ErrorCode.FetchSessionTopicIdError);
            }

            if (session.Epoch != request.SessionEpoch)
            {
                return FetchContext.Failed(ErrorCode.InvalidFetchSessionEpoch);
            }

            session.Advance();
            session.LastUsed = time.GetTimestamp();
            session.Update(request);
            return new FetchContext(ErrorCode.None, session, IsIncremental: true, [.. session.Partitions.Select(p => (p.Key, p.Request))]);
        }
    }

    private FetchContext Begin(FetchRequest request, bool usesTopicIds)
    {
        List<(FetchKey, FetchRequest.FetchPartition)> all =
        [
            .. from topic in request.Topics
               from partition in topic.Partitions
               select (new FetchKey(topic.TopicId, topic.Topic, partition.Partition), partition),
        ];
        FetchSession? session = null;
        lock (_lock)
        {
            _sessions.Remove(request.SessionId);
            if (request.SessionEpoch == InitialEpoch && all.Count > 0 && MakePlace())
            {
                session = new FetchSession(NewId(), usesTopicIds) { LastUsed = time.GetTimestamp() };
                session.Update(request);
                _sessions.Add(session.Id, session);
            }
        }

        return new FetchContext(ErrorCode.None, session, IsIncremental: false, all);
    }

    private bool MakePlace()
    {
        if (_sessions.Count < places)
        {
            return true;
        }

        var oldest = _sessions.Values.MinBy(s => s.LastUsed);
        if (oldest is null || time.GetElapsedTime(oldest.LastUsed) < EvictableAfter)
        {
            return false;
        }

        _sessions.Remove(oldest.Id);
        return true;
    }

    private int NewId()
    {
        while (true)
        {
            var id = ids.Next(1, int.MaxValue);
            if (!_sessions.ContainsKey(id))
            {
                return id;
            }
        }
    }
}

/// <param name="Session">Null when the request stands for itself.</param>
/// <param name="IsIncremental">The answer names only what is news.</param>
/// <param name="Partitions">In the order in which to serve them.</param>
internal readonly record struct FetchContext(
    ErrorCode Error, FetchSession? Session, bool IsIncremental, IReadOnlyList<(FetchKey Key, FetchRequest.FetchPartition Request)> Partitions)
{
    public static FetchContext Failed(ErrorCode error) => new(error, null, IsIncremental: false, []);
}
