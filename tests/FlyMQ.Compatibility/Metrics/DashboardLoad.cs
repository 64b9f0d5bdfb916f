using Confluent.Kafka;
using Confluent.Kafka.Admin;
using FlyMQ.Compatibility.Brokers;
using FlyMQ.Compatibility.Clients;
using FlyMQ.Compatibility.Telemetry;
using FlyMQ.Compatibility.Wire;

namespace FlyMQ.Compatibility.Metrics;

/// <summary>
/// A broker that has something to show on every panel: it recovered from a crash; a group keeps up, one is behind and gone, one never commits, and somebody reads for no group;
/// a producer repeats its batches, others lose one; requests fail, and half of them are traced;
/// clients are asked for their own metrics. An endpoint takes both, and the broker's metrics too.
/// </summary>
internal sealed class DashboardLoad : IAsyncDisposable
{
    public const string Topics = "orders|payments", Groups = "late|readers|stuck";
    private const string Orders = "orders", Payments = "payments";
    private static readonly TimeSpan Retention = TimeSpan.FromDays(1);
    private readonly CancellationTokenSource _end = new();
    private readonly OtlpReceiver _endpoint;
    private Task[] _tasks = [];

    private DashboardLoad(BrokerProcess broker, OtlpReceiver endpoint) => (Broker, _endpoint) = (broker, endpoint);

    public BrokerProcess Broker { get; }

    public static async Task<DashboardLoad> StartAsync()
    {
        var endpoint = new OtlpReceiver();
        var broker = await BrokerProcess.StartAsync(new BrokerSettings
        {
            FlyMQ = new Dictionary<string, string>
            {
                ["observability.clients.forward_endpoint"] = endpoint.Address,
                ["observability.tracing.enabled"] = "true",
                ["observability.tracing.endpoint"] = endpoint.Address,
                ["observability.tracing.protocol"] = "http/protobuf",
                ["observability.tracing.sample_rate"] = "0.5",
                ["observability.tracing.batch_delay_ms"] = "500",
                ["observability.metrics.otlp.enabled"] = "true",
                ["observability.metrics.otlp.endpoint"] = endpoint.Address,
                ["observability.metrics.otlp.protocol"] = "http/protobuf",
                ["observability.metrics.otlp.interval_ms"] = "2000",
            },
        });
        var load = new DashboardLoad(broker, endpoint);
        try
        {
            await load.PrepareAsync();
            load._tasks =
            [
                .. new Func<Task>[]
                {
                    load.ProduceAsync, load.RepeatAsync, load.FailAsync, () => load.ReadAsync("readers", commits: true), () => load.ReadAsync("stuck", commits: false), load.ReadForNobodyAsync,
                }.Select(Task.Run),
            ];
            return load;
        }
        catch
        {
            await load.DisposeAsync();
            throw;
        }
    }

    public void IsStillOn() => Assert.All(_tasks, task => Assert.False(task.IsCompleted, $"the load ended: {task.Exception}"));

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        try
        {
            await Task.WhenAll(_tasks);
        }
        finally
        {
            await Broker.DisposeAsync();
            await _endpoint.DisposeAsync();
            _end.Dispose();
        }
    }

    private async Task PrepareAsync()
    {
        using (var admin = Admin())
        {
            var keep = new Dictionary<string, string> { ["retention.ms"] = $"{Retention.TotalMilliseconds:F0}" };
            await admin.CreateTopicsAsync(
            [
                new TopicSpecification { Name = Orders, NumPartitions = 2, ReplicationFactor = 1, Configs = keep },
                new TopicSpecification { Name = Payments, NumPartitions = 1, ReplicationFactor = 1, Configs = keep },
            ]);
        }

        using (var producer = Producer())
        {
            foreach (var partition in Partitions)
            {
                await producer.ProduceAsync(partition, new Message<Null, byte[]> { Value = new byte[100] });
            }
        }

        await Broker.KillAsync();
        await Broker.StartAgainAsync();
        using var late = new ConsumerBuilder<Ignore, byte[]>(Consumer("late")).SetLogHandler((_, _) => { }).Build();
        late.Commit(Partitions.Select(p => new TopicPartitionOffset(p, 0)));
        using var raw = await RawConnection.OpenAsync(Broker.Port, CancellationToken.None);
        await AskAsync(raw, Frames.SubscribeToClientMetrics("all", "*", 250));
    }

    private async Task ProduceAsync()
    {
        using var producer = Producer();
        for (var i = 0; !_end.IsCancellationRequested; i++)
        {
            await producer.ProduceAsync(Partitions[i % Partitions.Length], new Message<Null, byte[]> { Value = new byte[100] });
            await Task.Delay(5);
        }
    }

    private async Task RepeatAsync()
    {
        const long producer = 4711;
        using var raw = await RawConnection.OpenAsync(Broker.Port, CancellationToken.None);
        for (var sequence = 0; !_end.IsCancellationRequested; sequence++)
        {
            var batch = Frames.IdempotentBatch(producer, 1, sequence, new byte[100]);
            await AskAsync(raw, Frames.ProduceTo(1, Orders, 0, Frames.AcksAll, batch));
            await AskAsync(raw, Frames.ProduceTo(1, Orders, 0, Frames.AcksAll, batch));
            await AskAsync(raw, Frames.ProduceTo(1, Orders, 0, Frames.AcksAll, Frames.IdempotentBatch(producer, 1, sequence + 5, new byte[100])));
            await AskAsync(raw, Frames.ProduceTo(1, Orders, 0, Frames.AcksAll, Frames.IdempotentBatch(producer, 0, sequence, new byte[100])));
            await Task.Delay(200);
        }
    }

    private async Task FailAsync()
    {
        using var admin = Admin();
        while (!_end.IsCancellationRequested)
        {
            await Assert.ThrowsAsync<DeleteTopicsException>(() => admin.DeleteTopicsAsync(["is-not-there"]));
            using var comesAndGoes = await RawConnection.OpenAsync(Broker.Port, CancellationToken.None);
            await Task.Delay(200);
        }
    }

    private Task ReadAsync(string group, bool commits)
    {
        var config = Consumer(group);
        config.EnableAutoCommit = commits;
        using var consumer = new ConsumerBuilder<Ignore, byte[]>(config).SetLogHandler((_, _) => { }).Build();
        consumer.Subscribe([Orders, Payments]);
        while (!_end.IsCancellationRequested)
        {
            consumer.Consume(TimeSpan.FromMilliseconds(100));
        }

        consumer.Close();
        return Task.CompletedTask;
    }

    private Task ReadForNobodyAsync()
    {
        var config = Consumer("nobody");
        config.EnableAutoCommit = false;
        using var consumer = new ConsumerBuilder<Ignore, byte[]>(config).SetLogHandler((_, _) => { }).Build();
        consumer.Assign(Partitions);
        while (!_end.IsCancellationRequested)
        {
            consumer.Consume(TimeSpan.FromMilliseconds(100));
        }

        return Task.CompletedTask;
    }

    private static TopicPartition[] Partitions => [new(Orders, 0), new(Orders, 1), new(Payments, 0)];

    private static async Task AskAsync(RawConnection raw, byte[] request)
    {
        await raw.SendAsync(request, CancellationToken.None);
        await raw.ReceiveAsync(CancellationToken.None);
    }

    private IAdminClient Admin() => new AdminClientBuilder(new AdminClientConfig { BootstrapServers = Broker.Address, EnableMetricsPush = false }).SetLogHandler((_, _) => { }).Build();

    private IProducer<Null, byte[]> Producer() => new ProducerBuilder<Null, byte[]>(
        new ProducerConfig { BootstrapServers = Broker.Address, ClientId = "writer", Acks = Acks.All, EnableIdempotence = true, LingerMs = 1 }).SetLogHandler((_, _) => { }).Build();

    // Each group's consumer has a name of its own, so that the broker can tell whose a fetch is.
    private ConsumerConfig Consumer(string group) => new()
    {
        BootstrapServers = Broker.Address, GroupId = group, ClientId = $"{group}-1", AutoOffsetReset = AutoOffsetReset.Earliest, AutoCommitIntervalMs = 500,
    };
}
