using CsCheck;
using FlyMQ.Coordination.Groups;
using FlyMQ.Protocol;

namespace FlyMQ.Coordination.Tests;

/// <summary>
/// Random clients that join, restart, fall silent, repeat themselves and change their minds, under random administrators and over a log that fails now and
/// then. After each step the log must tell what the shard knows.
/// </summary>
public class HistoryTests
{
    [Fact]
    public void Whatever_happens_the_log_tells_it_and_everybody_is_answered() => Gen.Int.Sample(seed => new History(seed).Go(), iter: 500);

    private sealed class History
    {
        private const int RetentionMs = 3_600_000;
        private static readonly string[] Topics = ["orders", "payments", "returns"];
        private static readonly Guid[] TopicIds = [Guid.Empty, new("00000000-0000-0000-0000-00000000000a"), new("00000000-0000-0000-0000-00000000000b")];

        private readonly int _seed;
        private readonly Random _random;
        private readonly Scene _scene;
        private readonly List<Client> _clients = [];
        private readonly List<Client> _gone = [];

        /// <summary>Each group as it was when its last record was applied.</summary>
        private readonly Dictionary<string, string> _recorded = [];
        private readonly Dictionary<string, int> _generations = [];
        private readonly Dictionary<(string Group, int Generation), string> _leaders = [];

        private int _loads;

        public History(int seed)
        {
            _seed = seed;
            _random = new Random(seed);
            _scene = new Scene(new GroupOptions
            {
                InitialRebalanceDelayMs = _random.Next(2) * 3000, MaxSize = _random.Next(3) == 0 ? 2 : 100, OffsetsRetentionMs = RetentionMs,
            })
            {
                Applied = Recorded, Led = Led,
            };
            for (var i = 0; i < 5; i++)
            {
                _clients.Add(NewClient($"{(char)('a' + i)}", i < 3 ? "g" : "h", isStatic: _random.Next(2) == 0));
            }
        }

        public void Go()
        {
            try
            {
                for (var step = 0; step < 120; step++)
                {
                    Step();
                    Check();
                }

                _scene.NextAppendFails = false;
                // Longer than any session, rebalance, or patience with new members.
                _scene.Pass(RetentionMs / 2);
                Check();
                Assert.All(_clients.Concat(_gone), client => Assert.Equal(0, client.Waiting));
                Assert.All(_scene.Shard.Groups, group => Assert.Equal((GroupState.Empty, 0), (group.State, group.Pending.Count)));
                Assert.All(_scene.Shard.Groups, group => Assert.Equal(long.MaxValue, _scene.Shard.NextDeadlineOf(group.Id)));
                _scene.Pass(RetentionMs);
                _scene.Expire();
                Check();
                Assert.Empty(_scene.Shard.Groups);
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"seed {_seed}: {e.Message}\n{_scene.Story}", e);
            }
        }

        private void Step()
        {
            _scene.NextAppendFails = _random.Next(20) == 0;
            switch (_random.Next(100))
            {
                case < 15:
                    _scene.Pass(_random.Next(20) switch { 0 => RetentionMs, < 4 => _random.Next(100_000), < 12 => _random.Next(10_000), _ => _random.Next(500) });
                    break;
                case < 17:
                    _scene.Reload();
                    break;
                case < 19:
                    _scene.Expire();
                    break;
                case < 21:
                    _scene.Commit(AnyGroup(), AnyTopic(), _random.Next(2), _random.Next(100), topicId: TopicIds[_random.Next(TopicIds.Length)]);
                    break;
                case < 22:
                    _scene.Line("a topic is deleted");
                    _scene.Decide(effects => _scene.Shard.TopicDeleted(AnyTopic(), TopicIds[1], effects));
                    break;
                case < 23:
                    _scene.Line("a group is deleted");
                    _scene.Decide(effects => _scene.Shard.DeleteGroup(AnyGroup(), effects));
                    break;
                case < 24:
                    _scene.Line("offsets are deleted");
                    _scene.Decide(effects => _scene.Shard.DeleteOffsets(AnyGroup(), [(AnyTopic(), 0), (AnyTopic(), 1)], new ErrorCode[2], effects));
                    break;
                default:
                    Act(_random.Next(_clients.Count));
                    break;
            }
        }

        private void Act(int index)
        {
            var client = _clients[index];
            switch (_random.Next(30))
            {
                case 0:
                    // Its requests stay behind.
                    _gone.Add(client);
                    _clients[index] = NewClient(client.Name, client.Group, client.InstanceId is not null);
                    _scene.Line($"{client.Name} restarts");
                    break;
                case 1:
                    client.Leave(byInstance: client.InstanceId is not null && _random.Next(2) == 0);
                    break;
                case 2:
                    client.Reads(AnyTopic(), AnyTopic()).Join();
                    break;
                case 3:
                    client.Supports(_random.Next(2) == 0 ? ["range", "sticky"] : ["sticky", "range"]);
                    (client.SessionTimeoutMs, client.RebalanceTimeoutMs) = (_random.Next(6000, 60_000), _random.Next(10) == 0 ? -1 : _random.Next(1, 60_000));
                    break;
                case 4:
                    client.Generation += _random.Next(-1, 2);
                    break;
                case 5:
                    client.Join();
                    break;
                case 6:
                    client.Sync();
                    break;
                case < 10:
                    client.Commit(AnyTopic(), _random.Next(2), _random.Next(100));
                    break;
                default:
                    Behave(client);
                    break;
            }
        }

        private static void Behave(Client client)
        {
            switch (client.Error)
            {
                case var _ when client.Waiting > 0:
                    break;
                case ErrorCode.UnknownMemberId or ErrorCode.FencedInstanceId or ErrorCode.NotCoordinator:
                    (client.MemberId, client.Generation) = ("", -1);
                    client.Join();
                    break;
                case ErrorCode.None when client.Generation >= 0 && client.Assignment.Length == 0:
                    client.Sync();
                    break;
                case ErrorCode.None when client.Generation >= 0:
                    client.Heartbeat();
                    break;
                default:
                    client.Join();
                    break;
            }
        }

        private void Check()
        {
            if (_scene.Loads > _loads)
            {
                // What was not in the log is lost, and with it generations that nobody was assigned anything in.
                _loads = _scene.Loads;
                _generations.Clear();
                _leaders.Clear();
            }

            Check(_scene.Replayed());
            Check(_scene.Replayed(compacted: true));
        }

        private void Check(GroupShard other)
        {
            var live = _scene.Shard.Groups.ToDictionary(group => group.Id);
            var replayed = other.Groups.ToDictionary(group => group.Id);
            foreach (var group in replayed.Values)
            {
                Assert.True(live.ContainsKey(group.Id), $"{group.Id} is in the log alone");
                Assert.Equal(_recorded.GetValueOrDefault(group.Id, Nothing), Durable(group));
                Assert.Equal(Offsets(live[group.Id]), Offsets(group));
            }

            foreach (var group in live.Values)
            {
                var isKnown = replayed.ContainsKey(group.Id);
                Assert.True(isKnown || group is { State: not GroupState.Stable, Offsets.Count: 0 }, $"{group.Id} is not in the log");
                if (isKnown && group.State is GroupState.Stable or GroupState.Empty)
                {
                    Assert.Equal(_recorded.GetValueOrDefault(group.Id, Nothing), Durable(group));
                }

                CheckRules(group);
            }
        }

        private void CheckRules(Group group)
        {
            Assert.True(group.Generation >= _generations.GetValueOrDefault(group.Id), "generations only grow");
            _generations[group.Id] = group.Generation;
            Assert.Equal(group.Instances.Count, group.Members.Values.Count(member => member.IsStatic));
            Assert.All(group.Instances, instance => Assert.Equal(instance.Key, group.Members[instance.Value].InstanceId));
            Assert.True(group.State is not GroupState.Empty || group.Members.Count == 0, "an empty group has no members");
            if (group.State is GroupState.CompletingRebalance or GroupState.Stable)
            {
                Assert.NotNull(group.LeaderId);
                Assert.Contains(group.LeaderId, group.Members.Keys);
                Assert.All(group.Members.Values, member => Assert.Null(member.AwaitingJoin));
                Assert.All(group.Members.Values, member => Assert.True(member.Supports(group.Protocol!)));
            }

            if (group.State is GroupState.Stable)
            {
                Assert.All(group.Members.Values, member => Assert.NotEmpty(member.Assignment));
                Assert.All(group.Members.Values, member => Assert.Null(member.AwaitingSync));
            }
        }

        // A second time because the first answer got lost, or as the same instance.
        private void Led(Client client)
        {
            if (!_leaders.TryAdd((client.Group, client.Generation), client.Name))
            {
                Assert.Equal(_leaders[(client.Group, client.Generation)], client.Name);
            }
        }

        private void Recorded(CoordinatorRecord record)
        {
            if (record is GroupRecord { Value: null })
            {
                Forget(record.Group);
            }
            else if (record is GroupRecord)
            {
                _recorded[record.Group] = Durable(_scene.Shard.Groups.Single(group => group.Id == record.Group));
            }
        }

        private void Forget(string group)
        {
            _recorded.Remove(group);
            _generations.Remove(group);
            foreach (var key in _leaders.Keys.Where(key => key.Group == group).ToList())
            {
                _leaders.Remove(key);
            }
        }

        private const string Nothing = "Empty 0    ";

        private static string Durable(Group group)
        {
            var members = group.Members.Values.OrderBy(member => member.Id, StringComparer.Ordinal).Select(
                m => $"{m.Id} {m.InstanceId} {m.ClientId} {m.ClientHost} {m.SessionTimeoutMs} {m.RebalanceTimeoutMs} "
                    + $"{Convert.ToHexString(m.MetadataFor(group.Protocol))} {Convert.ToHexString(m.Assignment)}");
            // A group of offsets alone is as old as it was loaded: nothing depends on it.
            var since = group.ProtocolType is null ? "" : $"{group.StateSinceMs}";
            return string.Join('\n', [$"{group.State} {group.Generation} {group.ProtocolType} {group.Protocol} {group.LeaderId} {since}", .. members]);
        }

        private static IEnumerable<string> Offsets(Group group)
            => group.Offsets.Select(
                o => $"{o.Key} {o.Value.Offset} {o.Value.LeaderEpoch} {o.Value.Metadata} {o.Value.CommitTimestamp} {o.Value.TopicId}").Order(StringComparer.Ordinal);

        private Client NewClient(string name, string group, bool isStatic)
        {
            var client = new Client(_scene, name, group)
            {
                InstanceId = isStatic ? name.ToUpperInvariant() : null, RequiresKnownMemberId = _random.Next(2) == 0, KnowsSkipAssignment = _random.Next(2) == 0,
            };
            return client.Supports("range", "sticky").Reads(AnyTopic());
        }

        private string AnyGroup() => _random.Next(2) == 0 ? "g" : "h";

        private string AnyTopic() => Topics[_random.Next(Topics.Length)];
    }
}
