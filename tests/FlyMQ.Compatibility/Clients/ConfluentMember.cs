using Confluent.Kafka;

namespace FlyMQ.Compatibility.Clients;

/// <summary>A librdkafka consumer on a thread of its own.</summary>
internal sealed class ConfluentMember : IMember
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);
    private readonly MemberState _state = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly IConsumer<byte[]?, byte[]?> _consumer;
    private readonly Task _loop;

    public ConfluentMember(string bootstrap, MemberSettings settings)
    {
        ConsumerConfig config = new()
        {
            BootstrapServers = bootstrap,
            GroupId = settings.Group,
            GroupInstanceId = settings.InstanceId,
            SessionTimeoutMs = settings.SessionTimeoutMs,
            HeartbeatIntervalMs = 500,
            AutoOffsetReset = AutoOffsetReset.Earliest,
            EnableAutoCommit = false,
            PartitionAssignmentStrategy = settings.Assignor switch
            {
                "range" => PartitionAssignmentStrategy.Range,
                "roundrobin" => PartitionAssignmentStrategy.RoundRobin,
                "cooperative-sticky" => PartitionAssignmentStrategy.CooperativeSticky,
                _ => throw new ArgumentException(settings.Assignor, nameof(settings)),
            },
        };
        var cooperative = settings.Assignor == "cooperative-sticky";
        _consumer = new ConsumerBuilder<byte[]?, byte[]?>(config)
            .SetKeyDeserializer(NullableBytes.Instance).SetValueDeserializer(NullableBytes.Instance)
            .SetLogHandler((_, _) => { })
            .SetPartitionsAssignedHandler((_, added) =>
                _state.Assigned([.. cooperative ? _state.Assignment : [], .. added.Select(partition => partition.Partition.Value)]))
            .SetPartitionsRevokedHandler((_, gone) => _state.Lost(gone.Select(partition => partition.Partition.Value)))
            .SetPartitionsLostHandler((_, gone) => _state.Lost(gone.Select(partition => partition.Partition.Value)))
            .Build();
        _consumer.Subscribe(settings.Topic);
        _loop = Task.Factory.StartNew(Run, TaskCreationOptions.LongRunning);
    }

    public IReadOnlyList<int> Assignment => _state.Assignment;

    public int Assignments => _state.Assignments;

    public IReadOnlyList<TestRecord> Records => _state.Records;

    public Task CommitAsync() => Task.Run(() =>
    {
        var owned = Assignment.ToHashSet();
        var topic = _consumer.Subscription.Single();
        _consumer.Commit(Records
            .Where(record => owned.Contains(record.Partition!.Value))
            .GroupBy(record => record.Partition!.Value)
            .Select(group => new TopicPartitionOffset(topic, group.Key, group.Max(record => record.Offset) + 1)));
    });

    public Task KillAsync() => throw new NotSupportedException("it lives in the test's own process: use JoinMortalAsync");

    public void ThrowIfBroken() => _state.ThrowIfBroken();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        _consumer.Dispose();
        _stop.Dispose();
    }

    private void Run()
    {
        try
        {
            while (!_stop.IsCancellationRequested)
            {
                if (_consumer.Consume(Poll) is { } result)
                {
                    _state.Add([ConfluentReader.ToRecord(result)]);
                }
            }

            _consumer.Close();
        }
        catch (KafkaException error)
        {
            _state.Broke(error);
        }
    }
}
