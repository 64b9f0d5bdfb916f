using FlyMQ.Coordination.Groups;
using FlyMQ.Protocol;
using FlyMQ.Protocol.Messages.Coordinator;
using FlyMQ.Protocol.Messages.Groups;

namespace FlyMQ.Coordination;

/// <summary>An offset to be committed.</summary>
public readonly record struct OffsetToCommit(string Topic, int Partition, long Offset, int LeaderEpoch, string Metadata, Guid TopicId);

/// <summary>
/// The groups of one partition of <c>__consumer_offsets</c>. Every method decides and says what to append and to answer; what is durable changes in
/// <see cref="Apply"/> alone, at append and when a log is loaded. Not thread-safe: one owner.
/// </summary>
/// <param name="options">What holds for its groups.</param>
/// <param name="newId">Makes members' ids.</param>
/// <param name="countersOf">Where a group is counted; null: each by itself.</param>
public sealed class GroupShard(GroupOptions options, Func<Guid> newId, Func<string, GroupCounters>? countersOf = null)
{
    private readonly Func<string, GroupCounters> _countersOf = countersOf ?? (static _ => new GroupCounters());
    private readonly Dictionary<string, Group> _groups = new(StringComparer.Ordinal);
    private readonly ClassicProtocol _classic = new(options, newId);

    public int GroupCount => _groups.Count;

    internal IReadOnlyCollection<Group> Groups => _groups.Values;

    public void Join(JoinRequest request, Action<JoinGroupResponse> reply, Effects effects, long nowMs)
    {
        if (request.SessionTimeoutMs < options.MinSessionTimeoutMs || request.SessionTimeoutMs > options.MaxSessionTimeoutMs)
        {
            effects.Answer(reply, ClassicProtocol.Refused(request.MemberId, ErrorCode.InvalidSessionTimeout));
            return;
        }

        var group = _groups.GetValueOrDefault(request.GroupId);
        if (group is null)
        {
            if (request.MemberId.Length > 0)
            {
                effects.Answer(reply, ClassicProtocol.Refused(request.MemberId, ErrorCode.UnknownMemberId));
                return;
            }

            group = new Group(request.GroupId, _countersOf) { StateSinceMs = nowMs };
            _groups.Add(group.Id, group);
        }

        _classic.Join(group, request, reply, effects, nowMs);
    }

    public void Sync(
        string groupId, int generation, string memberId, string? instanceId, string? protocolType, string? protocolName, IReadOnlyDictionary<string, byte[]> assignments,
        Action<SyncGroupResponse> reply, Effects effects, long nowMs)
    {
        if (!_groups.TryGetValue(groupId, out var group))
        {
            effects.Answer(reply, new SyncGroupResponse { ErrorCode = ErrorCode.UnknownMemberId });
            return;
        }

        _classic.Sync(group, generation, memberId, instanceId, protocolType, protocolName, assignments, reply, effects, nowMs);
    }

    public ErrorCode Heartbeat(string groupId, int generation, string memberId, string? instanceId, long nowMs)
        => _groups.TryGetValue(groupId, out var group) ? _classic.Heartbeat(group, generation, memberId, instanceId, nowMs) : ErrorCode.UnknownMemberId;

    public ErrorCode Leave(string groupId, string memberId, string? instanceId, Effects effects, long nowMs)
        => _groups.TryGetValue(groupId, out var group) ? _classic.Leave(group, memberId, instanceId, effects, nowMs) : ErrorCode.UnknownMemberId;

    /// <summary>
    /// Commits offsets of a member, or with generation −1 of a consumer that assigns itself. The error is the group's; what is wrong with a single offset comes
    /// from <paramref name="problems"/>, one for each.
    /// </summary>
    public ErrorCode CommitOffsets(
        string groupId, int generation, string memberId, string? instanceId, IReadOnlyList<OffsetToCommit> offsets, ErrorCode[] problems, Effects effects, long nowMs)
    {
        var group = _groups.GetValueOrDefault(groupId);
        if (CommitProblem(group, generation, memberId, instanceId) is var error and not ErrorCode.None)
        {
            return error;
        }

        if (group is not null && group.Members.TryGetValue(memberId, out var member))
        {
            member.Seen(nowMs);
        }

        for (var i = 0; i < offsets.Count; i++)
        {
            var offset = offsets[i];
            if (offset.Metadata.Length > options.OffsetMetadataMaxBytes)
            {
                problems[i] = ErrorCode.OffsetMetadataTooLarge;
                continue;
            }

            effects.Records.Add(new OffsetRecord(groupId, offset.Topic, offset.Partition, new OffsetCommitValue
            {
                Offset = offset.Offset, LeaderEpoch = offset.LeaderEpoch, Metadata = offset.Metadata, CommitTimestamp = nowMs, TopicId = offset.TopicId,
            }));
        }

        return ErrorCode.None;
    }

    public OffsetCommitValue? CommittedOffset(string groupId, string topic, int partition)
        => _groups.TryGetValue(groupId, out var group) ? group.Offsets.GetValueOrDefault((topic, partition)) : null;

    public IReadOnlyList<(string Topic, int Partition, OffsetCommitValue Value)> CommittedOffsets(string groupId)
        => _groups.TryGetValue(groupId, out var group) ? [.. group.Offsets.Select(o => (o.Key.Topic, o.Key.Partition, o.Value))] : [];

    /// <summary>KIP-496. Offsets of topics that the group still reads stay.</summary>
    public ErrorCode DeleteOffsets(string groupId, IReadOnlyList<(string Topic, int Partition)> offsets, ErrorCode[] problems, Effects effects)
    {
        if (!_groups.TryGetValue(groupId, out var group))
        {
            return ErrorCode.GroupIdNotFound;
        }

        HashSet<string>? subscribed = [];
        if (!group.IsEmpty)
        {
            subscribed = group.SubscribedTopics();
            if (subscribed is null)
            {
                return ErrorCode.NonEmptyGroup;
            }
        }

        for (var i = 0; i < offsets.Count; i++)
        {
            var (topic, partition) = offsets[i];
            if (subscribed.Contains(topic))
            {
                problems[i] = ErrorCode.GroupSubscribedToTopic;
            }
            else if (group.Offsets.ContainsKey((topic, partition)))
            {
                effects.Records.Add(new OffsetRecord(groupId, topic, partition, null));
            }
        }

        return ErrorCode.None;
    }

    public ErrorCode DeleteGroup(string groupId, Effects effects)
    {
        if (!_groups.TryGetValue(groupId, out var group))
        {
            return ErrorCode.GroupIdNotFound;
        }

        if (!group.IsEmpty)
        {
            return ErrorCode.NonEmptyGroup;
        }

        Forget(group, effects);
        return ErrorCode.None;
    }

    public IEnumerable<(string GroupId, string ProtocolType, GroupState State)> List() => _groups.Values.Select(g => (g.Id, g.ProtocolType ?? "", g.State));

    /// <summary>Every group in numbers.</summary>
    public IReadOnlyList<GroupFigures> Figures() => [.. _groups.Values.Select(g => g.Figures())];

    public IEnumerable<string> GroupIds => _groups.Keys;

    /// <summary>What the members of a group read; nothing when there is no such group.</summary>
    public IEnumerable<AssignedPartition> AssignedOf(string groupId) => _groups.TryGetValue(groupId, out var group) ? group.Assigned : [];

    /// <returns>Null when there is no such group.</returns>
    public DescribeGroupsResponse.DescribedGroup? Describe(string groupId)
    {
        if (!_groups.TryGetValue(groupId, out var group))
        {
            return null;
        }

        var stable = group.State == GroupState.Stable;
        return new DescribeGroupsResponse.DescribedGroup
        {
            GroupId = groupId,
            GroupState = group.State.ToString(),
            ProtocolType = group.ProtocolType ?? "",
            ProtocolData = stable ? group.Protocol ?? "" : "",
            Members =
            [
                .. group.Members.Values.Select(m => new DescribeGroupsResponse.DescribedGroupMember
                {
                    MemberId = m.Id,
                    GroupInstanceId = m.InstanceId,
                    ClientId = m.ClientId,
                    ClientHost = m.ClientHost,
                    MemberMetadata = stable ? m.MetadataFor(group.Protocol) : [],
                    MemberAssignment = stable ? m.Assignment : [],
                }),
            ],
        };
    }

    /// <summary>Offsets leave with their topic.</summary>
    public void TopicDeleted(string topic, Guid topicId, Effects effects)
    {
        foreach (var group in _groups.Values)
        {
            foreach (var ((name, partition), value) in group.Offsets)
            {
                // A successor of the same name may have offsets already.
                if (name == topic && (value.TopicId == Guid.Empty || value.TopicId == topicId))
                {
                    effects.Records.Add(new OffsetRecord(group.Id, name, partition, null));
                }
            }
        }
    }

    /// <summary>Sessions, rebalances: everything that is due.</summary>
    /// <returns>When to come again, ms since 1970.</returns>
    public long Tick(Effects effects, long nowMs)
    {
        var next = long.MaxValue;
        foreach (var group in _groups.Values)
        {
            if (ClassicProtocol.NextDeadline(group) <= nowMs)
            {
                _classic.Tick(group, effects, nowMs);
            }

            next = Math.Min(next, ClassicProtocol.NextDeadline(group));
        }

        return next;
    }

    /// <summary>When <see cref="Tick"/> has something to do for a group.</summary>
    public long NextDeadlineOf(string groupId) => _groups.TryGetValue(groupId, out var group) ? ClassicProtocol.NextDeadline(group) : long.MaxValue;

    /// <summary>
    /// KIP-211: offsets expire some time after their group became empty; those of a consumer that assigns itself after their commit; those of topics that a
    /// living group no longer reads as well. A group without members and offsets goes.
    /// </summary>
    public void Expire(Effects effects, long nowMs)
    {
        foreach (var group in _groups.Values)
        {
            // While members come and go it is open what the group reads.
            var subscribed = group.State == GroupState.Stable ? group.SubscribedTopics() : null;
            if (!group.IsEmpty && subscribed is null)
            {
                continue;
            }

            var left = group.Offsets.Count;
            foreach (var ((topic, partition), value) in group.Offsets)
            {
                var since = group.IsEmpty && group.ProtocolType is not null ? Math.Max(group.StateSinceMs, value.CommitTimestamp) : value.CommitTimestamp;
                if (subscribed?.Contains(topic) != true && nowMs - since >= options.OffsetsRetentionMs)
                {
                    effects.Records.Add(new OffsetRecord(group.Id, topic, partition, null));
                    left--;
                }
            }

            if (left == 0 && group is { IsEmpty: true, Pending.Count: 0 })
            {
                effects.Records.Add(new GroupRecord(group.Id, null));
            }
        }
    }

    /// <summary>Takes in a record that was appended or loaded. Who waited for what it says is answered through <paramref name="effects"/>.</summary>
    public void Apply(CoordinatorRecord record, long nowMs, Effects? effects = null)
    {
        switch (record)
        {
            case GroupRecord { Value: null }:
                _groups.Remove(record.Group);
                break;
            case GroupRecord { Value: { } value }:
                var group = GroupOf(record.Group, nowMs);
                group.Apply(value, nowMs);
                if (effects is not null)
                {
                    _classic.AfterApply(group, effects, nowMs);
                }

                break;
            case OffsetRecord { Value: null } gone:
                if (_groups.TryGetValue(gone.Group, out var of))
                {
                    of.Offsets.Remove((gone.Topic, gone.Partition));
                }

                break;
            case OffsetRecord { Value: { } value } offset:
                GroupOf(offset.Group, nowMs).Offsets[(offset.Topic, offset.Partition)] = value;
                break;
            default:
                break;
        }
    }

    /// <summary>The shard goes to another node, or is loaded anew: who waits is told.</summary>
    public void Abandon(ErrorCode error, Effects effects)
    {
        foreach (var group in _groups.Values)
        {
            ClassicProtocol.Abandon(group, error, effects);
        }

        _groups.Clear();
    }

    private static ErrorCode CommitProblem(Group? group, int generation, string memberId, string? instanceId)
    {
        if (group is null)
        {
            return generation < 0 ? ErrorCode.None : ErrorCode.IllegalGeneration;
        }

        if (generation < 0 && group.IsEmpty)
        {
            return ErrorCode.None;
        }

        if (ClassicProtocol.IdentityProblem(group, memberId, instanceId) is var problem and not ErrorCode.None)
        {
            return problem;
        }

        return generation != group.Generation ? ErrorCode.IllegalGeneration
            : group.State == GroupState.CompletingRebalance ? ErrorCode.RebalanceInProgress
            : ErrorCode.None;
    }

    private Group GroupOf(string id, long nowMs)
    {
        if (!_groups.TryGetValue(id, out var group))
        {
            group = new Group(id, _countersOf) { StateSinceMs = nowMs };
            _groups.Add(id, group);
        }

        return group;
    }

    private static void Forget(Group group, Effects effects)
    {
        foreach (var (topic, partition) in group.Offsets.Keys)
        {
            effects.Records.Add(new OffsetRecord(group.Id, topic, partition, null));
        }

        effects.Records.Add(new GroupRecord(group.Id, null));
    }
}
