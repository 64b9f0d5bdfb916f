using System.Text;
using System.Text.RegularExpressions;
using FlyMQ.Protocol;
using FlyMQ.Protocol.Messages;
using FlyMQ.Protocol.Messages.Groups;

namespace FlyMQ.Coordination.Tests;

/// <summary>
/// A shard with its log and its clock. Whatever is asked and answered becomes a line of a story: requests at the margin, answers that wait for others
/// indented. Member ids are shortened: <c>a#2</c> is client a's, the second id that was handed out.
/// </summary>
internal sealed partial class Scene
{
    public const long Start = 1_800_000_000_000;

    private readonly GroupOptions _options;
    private readonly List<string> _story = [];
    private int _ids;

    public Scene(GroupOptions? options = null)
    {
        _options = options ?? new GroupOptions();
        Shard = NewShard();
    }

    public GroupShard Shard { get; private set; }

    public long Now { get; private set; } = Start;

    /// <summary>What a partition of <c>__consumer_offsets</c> would hold.</summary>
    public List<(byte[] Key, byte[]? Value)> Log { get; } = [];

    /// <summary>Has the next records that are decided not make it into the log.</summary>
    public bool NextAppendFails { get; set; }

    public int Loads { get; private set; }

    /// <summary>Called with every record once it is applied.</summary>
    public Action<CoordinatorRecord>? Applied { get; set; }

    /// <summary>Called with every client that is told that it leads.</summary>
    public Action<Client>? Led { get; set; }

    public static byte[] Subscription(params string[] topics) => VersionPrefixed.Encode(new ConsumerProtocolSubscription { Topics = [.. topics] }, 1);

    public Client Client(string name, string group = "g") => new(this, name, group);

    /// <summary>A client whose group instance id is its name with a capital letter.</summary>
    public Client Static(string name, string group = "g") => new(this, name, group) { InstanceId = name.ToUpperInvariant() };

    /// <summary>Brings clients together into a stable group of generation 1; the first leads.</summary>
    public void Settle(params Client[] clients)
    {
        foreach (var client in clients)
        {
            client.Join();
        }

        Pass(2 * _options.InitialRebalanceDelayMs);
        foreach (var client in clients.Reverse())
        {
            client.Sync();
            Assert.Equal(1, client.Generation);
        }

        Assert.All(clients, client => Assert.NotEmpty(client.Assignment));
        _story.Clear();
    }

    /// <summary>Lets time go by, as the shard's runner does: a tick at every deadline.</summary>
    public void Pass(long ms)
    {
        _story.Add($"{ms} ms");
        var end = Now + ms;
        while (true)
        {
            var loads = Loads;
            var deadline = Decide(effects => Shard.Tick(effects, Now));
            if (Loads > loads)
            {
                continue;
            }

            Assert.True(deadline > Now, "nothing that is due is left undone");
            if (deadline > end)
            {
                Now = end;
                return;
            }

            Now = deadline;
        }
    }

    public void Expire()
    {
        _story.Add("offsets expire");
        Decide(effects => Shard.Expire(effects, Now));
    }

    public void Reload()
    {
        _story.Add("the shard is loaded again");
        var effects = new Effects();
        Shard.Abandon(ErrorCode.NotCoordinator, effects);
        effects.Answers.ForEach(answer => answer.Give());
        Assert.Equal(0, Shard.GroupCount);
        Shard = Replayed();
        Loads++;
    }

    /// <summary>What another node makes of the log, as it is or compacted: the last record of each key, without those that delete.</summary>
    public GroupShard Replayed(bool compacted = false)
    {
        var shard = NewShard();
        var records = compacted
            ? Log.Index().GroupBy(r => Convert.ToHexString(r.Item.Key)).Select(g => g.Last()).Where(r => r.Item.Value is not null).OrderBy(r => r.Index).Select(r => r.Item)
            : Log;
        foreach (var (key, value) in records)
        {
            // Without the cast the absence of a value would become an empty value.
            shard.Apply(CoordinatorRecord.Decode(key, value is null ? (ReadOnlyMemory<byte>?)null : value)!, Now);
        }

        return shard;
    }

    public ErrorCode Commit(string group, string topic, int partition, long offset, string metadata = "", Guid topicId = default)
        => Committed(group, -1, "", null, new OffsetToCommit(topic, partition, offset, -1, metadata, topicId));

    public ErrorCode Committed(string group, int generation, string memberId, string? instanceId, OffsetToCommit offset)
    {
        var problems = new ErrorCode[1];
        var error = Decide(effects => Shard.CommitOffsets(group, generation, memberId, instanceId, [offset], problems, effects, Now));
        return error == ErrorCode.None ? problems[0] : error;
    }

    /// <summary>The offsets of a group, <c>topic-partition=offset</c>, in order.</summary>
    public string Offsets(string group)
        => string.Join(' ', Shard.CommittedOffsets(group).Select(o => $"{o.Topic}-{o.Partition}={o.Value.Offset}").Order(StringComparer.Ordinal));

    public string Groups() => string.Join(", ", Shard.List().Select(g => $"{g.GroupId} {g.State}").Order(StringComparer.Ordinal));

    /// <summary>Decides, appends, applies and answers as the shard's runner does.</summary>
    public T Decide<T>(Func<Effects, T> decide)
    {
        var effects = new Effects();
        var result = decide(effects);
        if (NextAppendFails && effects.Records.Count > 0)
        {
            NextAppendFails = false;
            effects.Answers.ForEach(answer => answer.Fail(ErrorCode.NotCoordinator));
            Reload();
            return result;
        }

        Log.AddRange(effects.Records.Select(record => record.Encode()));
        for (var i = 0; i < effects.Records.Count; i++)
        {
            Shard.Apply(effects.Records[i], Now, effects);
            Applied?.Invoke(effects.Records[i]);
        }

        effects.Answers.ForEach(answer => answer.Give());
        return result;
    }

    public void Decide(Action<Effects> decide) => Decide(effects =>
    {
        decide(effects);
        return true;
    });

    public void Line(string text) => _story.Add(Shorten(text));

    public string Story => string.Join('\n', _story);

    /// <summary>Checks what happened since this was last asked.</summary>
    public void Tells(string story)
    {
        Assert.Equal(story, Story);
        _story.Clear();
    }

    public static string Shorten(string text) => MemberId().Replace(text, static m => $"#{int.Parse(m.Groups[1].Value)}");

    private GroupShard NewShard() => new(_options, () => new Guid($"00000000-0000-0000-0000-{++_ids:D12}"));

    [GeneratedRegex("-00000000-0000-0000-0000-([0-9]{12})")]
    private static partial Regex MemberId();
}

/// <summary>A member of a group, or one that would be: it remembers what it was told, and says that with its next request.</summary>
internal sealed class Client(Scene scene, string name, string group)
{
    private JoinGroupResponse? _joined;

    public string? InstanceId { get; init; }

    public string MemberId { get; set; } = "";

    public int Generation { get; set; } = -1;

    public string ProtocolType { get; set; } = "consumer";

    public List<(string Name, byte[] Metadata)> Protocols { get; set; } = [("range", Scene.Subscription("orders"))];

    public int SessionTimeoutMs { get; set; } = 10_000;

    public int RebalanceTimeoutMs { get; set; } = 60_000;

    /// <summary>As clients since JoinGroup 4 are.</summary>
    public bool RequiresKnownMemberId { get; init; }

    public bool KnowsSkipAssignment { get; init; } = true;

    public string Name => name;

    public string Group => group;

    public string Assignment { get; private set; } = "";

    /// <summary>What its last request was answered with.</summary>
    public ErrorCode Error { get; private set; }

    /// <summary>Requests that wait for their answer.</summary>
    public int Waiting { get; private set; }

    public bool Leads => _joined is not null && _joined.Leader == MemberId;

    public IReadOnlyList<string> Told => [.. _joined!.Members.Select(m => m.MemberId)];

    public bool SkipsAssignment => _joined is { SkipAssignment: true };

    public Client Supports(params string[] protocols)
    {
        Protocols = [.. protocols.Select(p => (p, Scene.Subscription("orders")))];
        return this;
    }

    public Client Reads(params string[] topics)
    {
        Protocols = [.. Protocols.Select(p => (p.Name, Scene.Subscription(topics)))];
        return this;
    }

    public void Join()
    {
        scene.Line($"{name} joins{(MemberId.Length == 0 ? "" : $" as {MemberId}")}");
        var request = new Groups.JoinRequest(
            group, MemberId, InstanceId, name, "host", SessionTimeoutMs, RebalanceTimeoutMs, ProtocolType, Protocols, RequiresKnownMemberId, KnowsSkipAssignment);
        var reply = Once<JoinGroupResponse>(Joined);
        scene.Decide(effects => scene.Shard.Join(request, reply, effects, scene.Now));
    }

    /// <summary>A leader assigns <c>id@generation</c> to everybody it knows of.</summary>
    public void Sync(string? protocolType = null, string? protocolName = null)
    {
        scene.Line($"{name} syncs");
        var assignments = Leads ? Told.ToDictionary(id => id, id => Encoding.UTF8.GetBytes($"{Scene.Shorten(id)}@{Generation}")) : [];
        var reply = Once<SyncGroupResponse>(Synced);
        scene.Decide(effects => scene.Shard.Sync(group, Generation, MemberId, InstanceId, protocolType, protocolName, assignments, reply, effects, scene.Now));
    }

    public ErrorCode Heartbeat()
    {
        Error = scene.Shard.Heartbeat(group, Generation, MemberId, InstanceId, scene.Now);
        scene.Line($"{name} heartbeats: {Error}");
        return Error;
    }

    public ErrorCode Leave(bool byInstance = false)
    {
        var error = scene.Decide(effects => scene.Shard.Leave(group, byInstance ? "" : MemberId, InstanceId, effects, scene.Now));
        scene.Line($"{name} leaves: {error}");
        return error;
    }

    public ErrorCode Commit(string topic, int partition, long offset)
    {
        var error = scene.Committed(group, Generation, MemberId, InstanceId, new OffsetToCommit(topic, partition, offset, 3, "", Guid.Empty));
        scene.Line($"{name} commits {topic}-{partition}={offset}: {error}");
        return error;
    }

    private void Joined(JoinGroupResponse answer)
    {
        Error = answer.ErrorCode;
        if (answer.ErrorCode == ErrorCode.MemberIdRequired)
        {
            MemberId = answer.MemberId;
        }

        if (answer.ErrorCode != ErrorCode.None)
        {
            scene.Line($"  {name}: {answer.ErrorCode}");
            return;
        }

        (_joined, MemberId, Generation, Assignment) = (answer, answer.MemberId, answer.GenerationId, "");
        var role = answer.Leader == MemberId ? $"leads {string.Join(' ', Told)}" : $"follows {answer.Leader}";
        Assert.True(Leads || Told.Count == 0, "only a leader is told of the others");
        if (Leads)
        {
            scene.Led?.Invoke(this);
        }

        scene.Line($"  {name}: {MemberId} in generation {Generation}, {answer.ProtocolName}, {role}{(answer.SkipAssignment ? ", has nothing to assign" : "")}");
    }

    private void Synced(SyncGroupResponse answer)
    {
        Error = answer.ErrorCode;
        Assignment = answer.ErrorCode == ErrorCode.None ? Encoding.UTF8.GetString(answer.Assignment) : "";
        scene.Line($"  {name}: {(answer.ErrorCode == ErrorCode.None ? $"gets {Assignment}" : answer.ErrorCode)}");
    }

    private Action<T> Once<T>(Action<T> take)
    {
        var answered = false;
        Waiting++;
        return answer =>
        {
            Assert.False(answered, "a request is answered once");
            answered = true;
            Waiting--;
            take(answer);
        };
    }
}
