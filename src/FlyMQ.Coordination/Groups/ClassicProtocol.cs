using FlyMQ.Protocol;
using FlyMQ.Protocol.Messages.Groups;

namespace FlyMQ.Coordination.Groups;

/// <summary>What a JoinGroup asks, without its wire form.</summary>
public sealed record JoinRequest(
    string GroupId, string MemberId, string? InstanceId, string ClientId, string ClientHost, int SessionTimeoutMs, int RebalanceTimeoutMs, string ProtocolType,
    IReadOnlyList<(string Name, byte[] Metadata)> Protocols, bool RequiresKnownMemberId, bool KnowsSkipAssignment);

/// <summary>
/// The classic rebalance protocol: join, sync, heartbeat, leave, and what time does to members. Who waits for whom is soft state and changes here; what is
/// durable changes in <see cref="Group.Apply"/> when its record is appended. KIP-62, KIP-134 (initial delay), KIP-345 and KIP-814 (static members), KIP-394
/// (known member ids). Touched by its shard's owner only.
/// </summary>
internal sealed class ClassicProtocol(GroupOptions options, Func<Guid> newId)
{
    // A client that joins may take long to do so for the first time (Kafka's NEW_MEMBER_JOIN_TIMEOUT_MS).
    private const int NewMemberJoinTimeoutMs = 5 * 60 * 1000;

    public void Join(Group group, JoinRequest request, Action<JoinGroupResponse> reply, Effects effects, long nowMs)
    {
        void Refuse(ErrorCode error) => effects.Answer(reply, Refused(request.MemberId, error));

        if (!group.CanTake(request.ProtocolType, request.Protocols))
        {
            Refuse(ErrorCode.InconsistentGroupProtocol);
        }
        else if (request.MemberId.Length == 0)
        {
            JoinNew(group, request, reply, effects, nowMs);
        }
        else if (group.Pending.ContainsKey(request.MemberId))
        {
            if (request.InstanceId is not null)
            {
                Refuse(ErrorCode.UnknownMemberId);
            }
            else if (IsFull(group))
            {
                Refuse(ErrorCode.GroupMaxSizeReached);
                ForgetPending(group, request.MemberId, effects, nowMs);
            }
            else
            {
                AddMember(group, request, request.MemberId, reply, effects, nowMs);
            }
        }
        else if (IdentityProblem(group, request.MemberId, request.InstanceId) is var problem and not ErrorCode.None)
        {
            Refuse(problem);
        }
        else
        {
            Rejoin(group, group.Members[request.MemberId], request, reply, effects, nowMs);
        }
    }

    public void Sync(
        Group group, int generation, string memberId, string? instanceId, string? protocolType, string? protocolName, IReadOnlyDictionary<string, byte[]> assignments,
        Action<SyncGroupResponse> reply, Effects effects, long nowMs)
    {
        void Refuse(ErrorCode error) => effects.Answer(reply, new SyncGroupResponse { ErrorCode = error });

        var problem = IdentityProblem(group, memberId, instanceId);
        if (problem != ErrorCode.None)
        {
            Refuse(problem);
            return;
        }

        if (generation != group.Generation)
        {
            Refuse(ErrorCode.IllegalGeneration);
            return;
        }

        if ((protocolType is not null && protocolType != group.ProtocolType) || (protocolName is not null && protocolName != group.Protocol))
        {
            Refuse(ErrorCode.InconsistentGroupProtocol);
            return;
        }

        var member = group.Members[memberId];
        member.Seen(nowMs);
        switch (group.State)
        {
            case GroupState.PreparingRebalance:
                Refuse(ErrorCode.RebalanceInProgress);
                break;
            case GroupState.CompletingRebalance:
                group.Synced(member);
                // A client that asks again has given up the connection that waited.
                EndSync(member, ErrorCode.RebalanceInProgress, effects);
                member.AwaitingSync = reply;
                if (memberId == group.LeaderId)
                {
                    // Applied at append: then the group is stable and everybody gets an assignment.
                    effects.Records.Add(new GroupRecord(group.Id, group.ToValue(assignments, nowMs)));
                }

                break;
            case GroupState.Stable:
                group.Synced(member);
                effects.Answer(reply, Assigned(group, member));
                break;
            default:
                Refuse(ErrorCode.UnknownMemberId);
                break;
        }
    }

    /// <summary>After a group's record was applied: who waited for an assignment gets it.</summary>
    public void AfterApply(Group group, Effects effects, long nowMs)
    {
        if (group.State != GroupState.Stable)
        {
            return;
        }

        foreach (var member in group.Members.Values)
        {
            if (member.AwaitingSync is { } reply)
            {
                member.AwaitingSync = null;
                member.Seen(nowMs);
                effects.Answer(reply, Assigned(group, member));
            }
        }
    }

    public ErrorCode Heartbeat(Group group, int generation, string memberId, string? instanceId, long nowMs)
    {
        var problem = IdentityProblem(group, memberId, instanceId);
        if (problem != ErrorCode.None)
        {
            return problem;
        }

        if (generation != group.Generation)
        {
            return ErrorCode.IllegalGeneration;
        }

        group.Members[memberId].Seen(nowMs);
        return group.State switch
        {
            GroupState.PreparingRebalance => ErrorCode.RebalanceInProgress,
            GroupState.Empty or GroupState.Dead => ErrorCode.UnknownMemberId,
            _ => ErrorCode.None,
        };
    }

    public ErrorCode Leave(Group group, string memberId, string? instanceId, Effects effects, long nowMs)
    {
        if (instanceId is not null)
        {
            if (!group.Instances.TryGetValue(instanceId, out var current))
            {
                return ErrorCode.UnknownMemberId;
            }

            if (memberId.Length > 0 && memberId != current)
            {
                return ErrorCode.FencedInstanceId;
            }

            memberId = current;
        }

        if (group.Pending.ContainsKey(memberId))
        {
            ForgetPending(group, memberId, effects, nowMs);
            return ErrorCode.None;
        }

        if (!group.Members.TryGetValue(memberId, out var member))
        {
            return ErrorCode.UnknownMemberId;
        }

        RemoveMember(group, member, RebalanceReason.Leave, effects, nowMs);
        return ErrorCode.None;
    }

    /// <summary>What time has done: sessions that ended, rebalances that go on without the missing.</summary>
    public void Tick(Group group, Effects effects, long nowMs)
    {
        foreach (var (pending, _) in group.Pending.Where(p => nowMs >= p.Value).ToList())
        {
            ForgetPending(group, pending, effects, nowMs);
        }

        foreach (var member in group.Members.Values.Where(m => !m.IsAlive(nowMs)).ToList())
        {
            RemoveMember(group, member, RebalanceReason.HeartbeatExpired, effects, nowMs);
        }

        if (group.State == GroupState.PreparingRebalance && nowMs >= group.RebalanceDeadlineMs)
        {
            if (group is { InitialDelayLeftMs: { } left, MemberCameDuringDelay: true } && Math.Min(options.InitialRebalanceDelayMs, left) is > 0 and var delay)
            {
                group.MemberCameDuringDelay = false;
                group.InitialDelayLeftMs = left - delay;
                group.RebalanceDeadlineMs = nowMs + delay;
            }
            else
            {
                CompleteJoin(group, effects, nowMs);
            }
        }

        if (nowMs >= group.SyncDeadlineMs)
        {
            foreach (var member in group.PendingSync.Select(id => group.Members.GetValueOrDefault(id)).OfType<Member>().ToList())
            {
                RemoveMember(group, member, RebalanceReason.SyncExpired, effects, nowMs);
            }
        }
    }

    /// <summary>When <see cref="Tick"/> has something to do next.</summary>
    public static long NextDeadline(Group group)
    {
        var next = Math.Min(group.RebalanceDeadlineMs, group.SyncDeadlineMs);
        foreach (var deadline in group.Pending.Values)
        {
            next = Math.Min(next, deadline);
        }

        foreach (var member in group.Members.Values)
        {
            if (member.IsNew || (member.AwaitingJoin is null && member.AwaitingSync is null))
            {
                next = Math.Min(next, member.DeadlineMs);
            }
        }

        return next;
    }

    /// <summary>The shard goes: who waits is told to look for the coordinator again.</summary>
    public static void Abandon(Group group, ErrorCode error, Effects effects)
    {
        foreach (var member in group.Members.Values)
        {
            EndJoin(member, error, effects);
            EndSync(member, error, effects);
        }
    }

    public static JoinGroupResponse Refused(string memberId, ErrorCode error)
        => new() { MemberId = memberId, ErrorCode = error, GenerationId = -1, ProtocolName = error == ErrorCode.None ? null : "", Leader = "" };

    /// <summary>Whether a member is who it says it is.</summary>
    public static ErrorCode IdentityProblem(Group group, string memberId, string? instanceId)
    {
        if (instanceId is not null)
        {
            if (!group.Instances.TryGetValue(instanceId, out var current))
            {
                return ErrorCode.UnknownMemberId;
            }

            return current == memberId ? ErrorCode.None : ErrorCode.FencedInstanceId;
        }

        return group.Members.ContainsKey(memberId) ? ErrorCode.None : ErrorCode.UnknownMemberId;
    }

    private void JoinNew(Group group, JoinRequest request, Action<JoinGroupResponse> reply, Effects effects, long nowMs)
    {
        var memberId = $"{request.InstanceId ?? request.ClientId}-{newId()}";
        if (request.InstanceId is not null && group.Instances.TryGetValue(request.InstanceId, out var previous))
        {
            ReplaceStatic(group, group.Members[previous], memberId, request, reply, effects, nowMs);
        }
        else if (IsFull(group))
        {
            effects.Answer(reply, Refused("", ErrorCode.GroupMaxSizeReached));
        }
        else if (request.RequiresKnownMemberId && request.InstanceId is null)
        {
            // KIP-394: a client that gives up before it learns its id leaves nothing behind but this.
            group.Pending[memberId] = nowMs + request.SessionTimeoutMs;
            effects.Answer(reply, Refused(memberId, ErrorCode.MemberIdRequired));
        }
        else
        {
            AddMember(group, request, memberId, reply, effects, nowMs);
        }
    }

    // Who was given an id and has not come again does not count: a client whose answer got lost asks for another id, and to be refused would end it.
    private bool IsFull(Group group) => group.Members.Count >= options.MaxSize;

    private void ForgetPending(Group group, string memberId, Effects effects, long nowMs)
    {
        group.Pending.Remove(memberId);
        if (group.State == GroupState.PreparingRebalance)
        {
            CompleteJoinWhenAll(group, effects, nowMs);
        }
    }

    private void AddMember(Group group, JoinRequest request, string memberId, Action<JoinGroupResponse> reply, Effects effects, long nowMs)
    {
        var member = NewMember(request, memberId);
        member.IsNew = true;
        member.DeadlineMs = nowMs + NewMemberJoinTimeoutMs;
        member.AwaitingJoin = reply;
        group.ProtocolType ??= request.ProtocolType;
        if (group.Members.Count == 0)
        {
            group.ProtocolType = request.ProtocolType;
            group.LeaderId = null;
        }

        group.Add(member);
        group.MemberCameDuringDelay = true;
        Rebalance(group, RebalanceReason.Join, effects, nowMs);
    }

    private void Rejoin(Group group, Member member, JoinRequest request, Action<JoinGroupResponse> reply, Effects effects, long nowMs)
    {
        switch (group.State)
        {
            // The answer got lost, or the leader wants a new assignment.
            case GroupState.CompletingRebalance when member.Matches(request.Protocols):
            case GroupState.Stable when member.Id != group.LeaderId && member.Matches(request.Protocols):
                member.Seen(nowMs);
                effects.Answer(reply, Joined(group, member));
                return;
            case GroupState.Empty or GroupState.Dead:
                effects.Answer(reply, Refused(member.Id, ErrorCode.UnknownMemberId));
                return;
            default:
                var reason = member.Matches(request.Protocols) ? RebalanceReason.LeaderRejoined : RebalanceReason.MetadataChanged;
                Update(member, request);
                EndJoin(member, ErrorCode.RebalanceInProgress, effects);
                member.AwaitingJoin = reply;
                if (!member.IsNew)
                {
                    member.Seen(nowMs);
                }

                Rebalance(group, reason, effects, nowMs);
                return;
        }
    }

    private void ReplaceStatic(Group group, Member previous, string memberId, JoinRequest request, Action<JoinGroupResponse> reply, Effects effects, long nowMs)
    {
        var wasLeader = group.LeaderId == previous.Id;
        EndJoin(previous, ErrorCode.FencedInstanceId, effects);
        EndSync(previous, ErrorCode.FencedInstanceId, effects);
        var protocolBefore = group.Protocol;
        var sameSubscription = previous.MetadataFor(protocolBefore).AsSpan().SequenceEqual(
            request.Protocols.FirstOrDefault(p => p.Name == protocolBefore).Metadata ?? []);
        group.Remove(previous);
        var member = NewMember(request, memberId);
        member.Assignment = previous.Assignment;
        member.Seen(nowMs);
        group.Add(member);
        if (wasLeader)
        {
            group.LeaderId = memberId;
        }

        if (group.State == GroupState.Stable && sameSubscription && group.SelectProtocol() == protocolBefore)
        {
            // KIP-345: a static member that comes back changes nothing for the others. It is told of the group as it is, and a leader
            // that its work is done already (KIP-814).
            effects.Records.Add(new GroupRecord(group.Id, group.ToValue(assignments: null, nowMs)));
            var answer = Joined(group, member);
            if (wasLeader && !request.KnowsSkipAssignment)
            {
                // An old client would assign anew if it believed it leads.
                answer.Leader = previous.Id;
                answer.Members = [];
            }
            else
            {
                answer.SkipAssignment = wasLeader;
            }

            effects.Answer(reply, answer);
            return;
        }

        member.AwaitingJoin = reply;
        Rebalance(group, RebalanceReason.StaticMemberChanged, effects, nowMs);
    }

    private static Member NewMember(JoinRequest request, string memberId)
    {
        var member = new Member { Id = memberId, InstanceId = request.InstanceId, ClientId = request.ClientId, ClientHost = request.ClientHost };
        Update(member, request);
        return member;
    }

    private static void Update(Member member, JoinRequest request)
    {
        member.Protocols = request.Protocols;
        member.SessionTimeoutMs = request.SessionTimeoutMs;
        member.RebalanceTimeoutMs = request.RebalanceTimeoutMs < 0 ? request.SessionTimeoutMs : request.RebalanceTimeoutMs;
    }

    private void Rebalance(Group group, RebalanceReason reason, Effects effects, long nowMs)
    {
        if (group.State != GroupState.PreparingRebalance)
        {
            foreach (var member in group.Members.Values)
            {
                if (member.AwaitingSync is not null)
                {
                    // It sent no heartbeats while it waited.
                    member.Seen(nowMs);
                    EndSync(member, ErrorCode.RebalanceInProgress, effects);
                }
            }

            group.PendingSync.Clear();
            group.SyncDeadlineMs = long.MaxValue;
            var rebalanceTimeoutMs = group.Members.Values.Max(m => m.RebalanceTimeoutMs);
            if (group.State == GroupState.Empty)
            {
                group.MemberCameDuringDelay = false;
                group.InitialDelayLeftMs = Math.Max(0, rebalanceTimeoutMs - options.InitialRebalanceDelayMs);
                group.RebalanceDeadlineMs = nowMs + options.InitialRebalanceDelayMs;
            }
            else
            {
                group.InitialDelayLeftMs = null;
                group.RebalanceDeadlineMs = nowMs + rebalanceTimeoutMs;
            }

            group.BeginRebalance(reason, nowMs);
        }

        CompleteJoinWhenAll(group, effects, nowMs);
    }

    private void CompleteJoinWhenAll(Group group, Effects effects, long nowMs)
    {
        var delayed = group.InitialDelayLeftMs is not null && nowMs < group.RebalanceDeadlineMs;
        if (!delayed && group.AllJoined)
        {
            CompleteJoin(group, effects, nowMs);
        }
    }

    private void CompleteJoin(Group group, Effects effects, long nowMs)
    {
        foreach (var missing in group.Members.Values.Where(m => m.AwaitingJoin is null && !m.IsStatic).ToList())
        {
            group.Remove(missing);
        }

        if (group.Members.Count > 0 && group.Members.Values.All(m => m.AwaitingJoin is null))
        {
            // Only static members are left, and none has come back yet: their sessions decide.
            group.RebalanceDeadlineMs = nowMs + group.Members.Values.Max(m => m.RebalanceTimeoutMs);
            return;
        }

        group.InitialDelayLeftMs = null;
        group.RebalanceDeadlineMs = long.MaxValue;
        group.Generation++;
        if (group.Members.Count == 0)
        {
            BecomeEmpty(group, effects, nowMs);
            return;
        }

        if (group.LeaderId is null || group.Members.GetValueOrDefault(group.LeaderId)?.AwaitingJoin is null)
        {
            group.LeaderId = group.Members.Values.First(m => m.AwaitingJoin is not null).Id;
        }

        group.Protocol = group.SelectProtocol();
        group.MoveTo(GroupState.CompletingRebalance, nowMs);
        group.SyncDeadlineMs = nowMs + group.Members.Values.Max(m => m.RebalanceTimeoutMs);
        foreach (var member in group.Members.Values)
        {
            member.IsNew = false;
            member.Seen(nowMs);
            if (member.AwaitingJoin is { } reply)
            {
                group.PendingSync.Add(member.Id);
                member.AwaitingJoin = null;
                effects.Answer(reply, Joined(group, member));
            }
        }
    }

    private static void BecomeEmpty(Group group, Effects effects, long nowMs)
    {
        group.Protocol = null;
        group.LeaderId = null;
        group.MoveTo(GroupState.Empty, nowMs);
        effects.Records.Add(new GroupRecord(group.Id, group.ToValue(assignments: null, nowMs)));
    }

    private void RemoveMember(Group group, Member member, RebalanceReason reason, Effects effects, long nowMs)
    {
        EndJoin(member, ErrorCode.UnknownMemberId, effects);
        EndSync(member, ErrorCode.UnknownMemberId, effects);
        group.Remove(member);
        switch (group.State)
        {
            case GroupState.Stable or GroupState.CompletingRebalance when group.Members.Count == 0:
                group.Generation++;
                group.SyncDeadlineMs = long.MaxValue;
                BecomeEmpty(group, effects, nowMs);
                break;
            case GroupState.Stable or GroupState.CompletingRebalance:
                Rebalance(group, reason, effects, nowMs);
                break;
            case GroupState.PreparingRebalance when group.Members.Count == 0 && group.Pending.Count == 0:
                CompleteJoin(group, effects, nowMs);
                break;
            case GroupState.PreparingRebalance:
                CompleteJoinWhenAll(group, effects, nowMs);
                break;
            default:
                break;
        }
    }

    private static void EndJoin(Member member, ErrorCode error, Effects effects)
    {
        if (member.AwaitingJoin is { } reply)
        {
            member.AwaitingJoin = null;
            effects.Answer(reply, Refused(member.Id, error));
        }
    }

    private static void EndSync(Member member, ErrorCode error, Effects effects)
    {
        if (member.AwaitingSync is { } reply)
        {
            member.AwaitingSync = null;
            effects.Answer(reply, new SyncGroupResponse { ErrorCode = error });
        }
    }

    private static JoinGroupResponse Joined(Group group, Member member) => new()
    {
        MemberId = member.Id,
        GenerationId = group.Generation,
        ProtocolType = group.ProtocolType,
        ProtocolName = group.Protocol,
        Leader = group.LeaderId ?? "",
        Members = member.Id != group.LeaderId
            ? []
            :
            [
                .. group.Members.Values.Select(m => new JoinGroupResponse.JoinGroupResponseMember
                {
                    MemberId = m.Id, GroupInstanceId = m.InstanceId, Metadata = m.MetadataFor(group.Protocol),
                }),
            ],
    };

    private static SyncGroupResponse Assigned(Group group, Member member)
        => new() { ProtocolType = group.ProtocolType, ProtocolName = group.Protocol, Assignment = member.Assignment };
}
