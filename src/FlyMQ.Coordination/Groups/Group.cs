using FlyMQ.Protocol.Messages;
using FlyMQ.Protocol.Messages.Coordinator;
using FlyMQ.Protocol.Messages.Groups;
using FlyMQ.Protocol.Wire;

namespace FlyMQ.Coordination.Groups;

/// <summary>One classic group with its offsets. Touched by its shard's owner only.</summary>
internal sealed class Group(string id, Func<string, GroupCounters> countersOf)
{
    private IReadOnlyList<AssignedPartition>? _assigned;
    private long? _rebalanceBeganMs;

    public const string ConsumerProtocol = "consumer";

    public string Id => id;

    public GroupState State { get; set; }

    public int Generation { get; set; }

    public string? ProtocolType { get; set; }

    public string? Protocol { get; set; }

    public string? LeaderId { get; set; }

    public Dictionary<string, Member> Members { get; } = new(StringComparer.Ordinal);

    /// <summary>Static members: instance id → member id (KIP-345).</summary>
    public Dictionary<string, string> Instances { get; } = new(StringComparer.Ordinal);

    /// <summary>Member ids handed out by KIP-394 and not yet used, with the end of their patience.</summary>
    public Dictionary<string, long> Pending { get; } = new(StringComparer.Ordinal);

    public Dictionary<(string Topic, int Partition), OffsetCommitValue> Offsets { get; } = [];

    /// <summary>When the group came into its state, ms since 1970: offsets of an empty group expire from then (KIP-211).</summary>
    public long StateSinceMs { get; set; }

    /// <summary>While a rebalance is prepared: when it goes on without those who have not joined.</summary>
    public long RebalanceDeadlineMs { get; set; } = long.MaxValue;

    /// <summary>While a first rebalance is delayed for more members: how much longer it may be.</summary>
    public long? InitialDelayLeftMs { get; set; }

    public bool MemberCameDuringDelay { get; set; }

    /// <summary>From the end of a join until everybody has asked for its assignment: when those who have not are removed, stable or not.</summary>
    public long SyncDeadlineMs { get; set; } = long.MaxValue;

    public HashSet<string> PendingSync { get; } = new(StringComparer.Ordinal);

    /// <summary>Asked for when there is something to count or to tell: a group that a log names and deletes again is not counted among the others.</summary>
    public GroupCounters Counters => field ??= countersOf(id);

    /// <summary>How long the last rebalance took that was completed since this node coordinates the group.</summary>
    public long? LastRebalanceMs { get; private set; }

    public bool IsEmpty => State == GroupState.Empty;

    public void MoveTo(GroupState state, long nowMs)
    {
        State = state;
        StateSinceMs = nowMs;
    }

    public void BeginRebalance(RebalanceReason reason, long nowMs)
    {
        Counters.Began(reason);
        // One that begins again before it is completed has lasted since it began first: its members have waited all the time.
        _rebalanceBeganMs ??= nowMs;
        MoveTo(GroupState.PreparingRebalance, nowMs);
    }

    public void Add(Member member)
    {
        LeaderId ??= member.Id;
        Members[member.Id] = member;
        Pending.Remove(member.Id);
        if (member.InstanceId is not null)
        {
            Instances[member.InstanceId] = member.Id;
        }
    }

    public void Remove(Member member)
    {
        Members.Remove(member.Id);
        Synced(member);
        if (member.InstanceId is not null && Instances.GetValueOrDefault(member.InstanceId) == member.Id)
        {
            Instances.Remove(member.InstanceId);
        }

        if (LeaderId == member.Id)
        {
            LeaderId = Members.Keys.FirstOrDefault();
        }
    }

    public void Synced(Member member)
    {
        if (PendingSync.Remove(member.Id) && PendingSync.Count == 0)
        {
            SyncDeadlineMs = long.MaxValue;
        }
    }

    public bool AllJoined => Pending.Count == 0 && Members.Values.All(m => m.AwaitingJoin is not null);

    public bool CanTake(string protocolType, IReadOnlyList<(string Name, byte[] Metadata)> protocols)
    {
        if (protocolType.Length == 0 || protocols.Count == 0)
        {
            return false;
        }

        return Members.Count == 0 || (ProtocolType == protocolType && protocols.Any(p => Members.Values.All(m => m.Supports(p.Name))));
    }

    /// <summary>The protocol that all support and most prefer.</summary>
    public string SelectProtocol()
    {
        var common = Members.Values.First().Protocols.Select(p => p.Name).Where(name => Members.Values.All(m => m.Supports(name))).ToHashSet(StringComparer.Ordinal);
        return Members.Values
            .Select(m => m.Protocols.First(p => common.Contains(p.Name)).Name)
            .GroupBy(name => name, StringComparer.Ordinal)
            .MaxBy(g => g.Count())!.Key;
    }

    /// <summary>The topics its members read; null when that cannot be told.</summary>
    public HashSet<string>? SubscribedTopics()
    {
        if (ProtocolType != ConsumerProtocol)
        {
            return null;
        }

        var topics = new HashSet<string>(StringComparer.Ordinal);
        foreach (var member in Members.Values)
        {
            try
            {
                // Who is about to join may not know what was chosen before.
                var protocol = Protocol is not null && member.Supports(Protocol) ? Protocol : member.Protocols.FirstOrDefault().Name;
                topics.UnionWith(VersionPrefixed.Decode<ConsumerProtocolSubscription>(member.MetadataFor(protocol)).Topics);
            }
            catch (MalformedMessageException)
            {
                return null;
            }
        }

        return topics;
    }

    /// <summary>Who reads which partitions, as the group's leader decided; nothing of groups that are not consumers, or whose assignments nobody here can read.</summary>
    public IReadOnlyList<AssignedPartition> Assigned => _assigned ??= [.. ReadAssigned()];

    private IEnumerable<AssignedPartition> ReadAssigned()
    {
        if (ProtocolType != ConsumerProtocol)
        {
            yield break;
        }

        foreach (var member in Members.Values)
        {
            foreach (var topic in AssignmentOf(member))
            {
                foreach (var partition in topic.Partitions)
                {
                    yield return new AssignedPartition(topic.Topic, partition, member.ClientId, member.ClientHost);
                }
            }
        }
    }

    public GroupMetadataValue ToValue(IReadOnlyDictionary<string, byte[]>? assignments, long nowMs) => new()
    {
        ProtocolType = ProtocolType ?? "",
        Generation = Generation,
        Protocol = Protocol,
        Leader = LeaderId,
        CurrentStateTimestamp = nowMs,
        Members =
        [
            .. Members.Values.Select(m => new GroupMetadataValue.MemberMetadata
            {
                MemberId = m.Id,
                GroupInstanceId = m.InstanceId,
                ClientId = m.ClientId,
                ClientHost = m.ClientHost,
                RebalanceTimeout = m.RebalanceTimeoutMs,
                SessionTimeout = m.SessionTimeoutMs,
                Subscription = m.MetadataFor(Protocol),
                Assignment = assignments is null ? m.Assignment : assignments.GetValueOrDefault(m.Id) ?? [],
            }),
        ],
    };

    /// <summary>The one way in which what is durable of the group changes; the same when a log is loaded and when it grows.</summary>
    public void Apply(GroupMetadataValue value, long nowMs)
    {
        ProtocolType = value.ProtocolType.Length == 0 ? null : value.ProtocolType;
        Generation = value.Generation;
        Protocol = value.Protocol;
        LeaderId = value.Leader;
        foreach (var member in value.Members)
        {
            if (!Members.TryGetValue(member.MemberId, out var known))
            {
                known = new Member
                {
                    Id = member.MemberId,
                    InstanceId = member.GroupInstanceId,
                    ClientId = member.ClientId,
                    ClientHost = member.ClientHost,
                };
                Add(known);
            }

            known.Assignment = member.Assignment;
            known.RebalanceTimeoutMs = member.RebalanceTimeout < 0 ? member.SessionTimeout : member.RebalanceTimeout;
            // What follows changes nothing of a living member, which is where its record comes from; while loading it may have had news.
            if (known.SessionTimeoutMs != member.SessionTimeout)
            {
                known.SessionTimeoutMs = member.SessionTimeout;
                known.Seen(nowMs);
            }

            var protocol = value.Protocol ?? "";
            if (!known.Supports(protocol) || !known.MetadataFor(protocol).AsSpan().SequenceEqual(member.Subscription))
            {
                known.Protocols = [(protocol, member.Subscription)];
            }
        }

        foreach (var gone in Members.Values.Where(m => !value.Members.Exists(v => v.MemberId == m.Id)).ToList())
        {
            Remove(gone);
        }

        LeaderId = value.Leader;
        if (State == GroupState.CompletingRebalance && Members.Count > 0)
        {
            LastRebalanceMs = Math.Max(0, nowMs - (_rebalanceBeganMs ?? nowMs));
            Counters.Completed(LastRebalanceMs.Value);
        }

        _rebalanceBeganMs = null;
        _assigned = null;
        State = Members.Count == 0 ? GroupState.Empty : GroupState.Stable;
        StateSinceMs = value.CurrentStateTimestamp < 0 ? nowMs : value.CurrentStateTimestamp;
    }

    public GroupFigures Figures()
    {
        var committed = new List<CommittedFigure>(Offsets.Count);
        long? lastCommitMs = null;
        foreach (var ((topic, partition), value) in Offsets)
        {
            committed.Add(new CommittedFigure(topic, value.TopicId, partition, value.Offset));
            lastCommitMs = Math.Max(lastCommitMs ?? 0, value.CommitTimestamp);
        }

        return new GroupFigures
        {
            GroupId = id,
            State = State,
            Members = Members.Count,
            Counters = Counters,
            LastRebalanceMs = LastRebalanceMs,
            LastCommitMs = lastCommitMs,
            Committed = committed,
            Uncommitted = [.. Assigned.Where(a => !Offsets.ContainsKey((a.Topic, a.Partition))).Select(a => (a.Topic, a.Partition))],
        };
    }

    private static List<ConsumerProtocolAssignment.TopicPartition> AssignmentOf(Member member)
    {
        try
        {
            return member.Assignment.Length == 0 ? [] : VersionPrefixed.Decode<ConsumerProtocolAssignment>(member.Assignment).AssignedPartitions;
        }
        catch (MalformedMessageException)
        {
            return [];
        }
    }
}
