using System.Buffers;
using System.Text;
using FlyMQ.Protocol;
using FlyMQ.Protocol.Messages;
using FlyMQ.Protocol.Messages.Data;
using FlyMQ.Protocol.Messages.Groups;
using FlyMQ.Protocol.Messages.Topics;
using FlyMQ.Records;

namespace FlyMQ.Broker.Tests.Running;

/// <summary>Short words for what most tests say to a broker before and after their own point.</summary>
internal static class Words
{
    /// <summary>Creates a topic that must not be there, and answers with its id.</summary>
    public static async Task<Guid> CreateAsync(this Client client, string topic, int partitions = 1, params (string Name, string Value)[] configs)
    {
        var response = await client.AskAsync(new CreateTopicsRequest
        {
            Topics =
            [
                new()
                {
                    Name = topic,
                    NumPartitions = partitions,
                    ReplicationFactor = 1,
                    Configs = [.. configs.Select(c => new CreateTopicsRequest.CreatableTopicConfig { Name = c.Name, Value = c.Value })],
                },
            ],
        });
        var created = Assert.Single(response.Topics);
        Assert.Equal((ErrorCode.None, null), (created.ErrorCode, created.ErrorMessage));
        return created.TopicId;
    }

    public static async Task DeleteAsync(this Client client, string topic)
    {
        var response = await client.AskAsync(new DeleteTopicsRequest { Topics = [new() { Name = topic }] });
        Assert.Equal(ErrorCode.None, Assert.Single(response.Responses).ErrorCode);
    }

    public static ProduceRequest Produce(string topic, byte[] records, int partition = 0, short acks = -1) => new()
    {
        Acks = acks,
        TimeoutMs = 10_000,
        TopicData = [new() { Name = topic, PartitionData = [new() { Index = partition, Records = new ReadOnlySequence<byte>(records) }] }],
    };

    /// <summary>By name, in a version that has everything but topic ids.</summary>
    public static async Task<ProduceResponse.PartitionProduceResponse> ProduceAsync(
        this Client client, string topic, byte[] records, int partition = 0, short acks = -1, short version = 12)
    {
        var response = await client.AskAsync(Produce(topic, records, partition, acks), version);
        return Assert.Single(Assert.Single(response.Responses).PartitionResponses);
    }

    /// <summary>The offset of the first record.</summary>
    public static async Task<long> AppendAsync(this Client client, string topic, byte[] records, int partition = 0)
    {
        var answer = await client.ProduceAsync(topic, records, partition);
        Assert.Equal((ErrorCode.None, null), (answer.ErrorCode, answer.ErrorMessage));
        return answer.BaseOffset;
    }

    /// <summary>Of one partition, without a session, answered at once.</summary>
    public static FetchRequest Fetch(string topic, long offset, int partition = 0, int maxBytes = 1 << 20, int partitionMaxBytes = 1 << 20, int leaderEpoch = -1) => new()
    {
        MaxBytes = maxBytes,
        Topics = [new() { Topic = topic, Partitions = [new() { Partition = partition, FetchOffset = offset, PartitionMaxBytes = partitionMaxBytes, CurrentLeaderEpoch = leaderEpoch }] }],
    };

    public static async Task<FetchResponse.PartitionData> FetchAsync(this Client client, FetchRequest request, short version = 12)
    {
        var response = await client.AskAsync(request, version);
        Assert.Equal(ErrorCode.None, response.ErrorCode);
        return Assert.Single(Assert.Single(response.Responses).Partitions);
    }

    /// <summary>The values of all records, with those before the offset that was asked for.</summary>
    public static string[] Values(this FetchResponse.PartitionData fetched)
    {
        var values = new List<string>();
        foreach (var batch in new RecordBatchReader(((SequenceRecordsSource)fetched.Records!).Records.ToArray()))
        {
            Assert.True(RecordBatchHeader.TryRead(batch.Span, out var header));
            using var opened = OpenedBatch.Open(batch, header, 1 << 20);
            foreach (var record in opened.Records)
            {
                values.Add(Encoding.UTF8.GetString(record.Value));
            }
        }

        return [.. values];
    }

    /// <summary>Commits the offset of a topic's first partition for a group that may be the first of all.</summary>
    public static async Task CommitAsync(this Client client, string group, string topic, long offset)
    {
        Assert.Equal(ErrorCode.None, Assert.Single((await client.AskAsync(new FindCoordinatorRequest { CoordinatorKeys = [group] })).Coordinators).ErrorCode);
        var error = ErrorCode.CoordinatorLoadInProgress;
        await Until.TrueAsync(
            async () =>
            {
                var response = await client.AskAsync(
                    new OffsetCommitRequest { GroupId = group, Topics = [new() { Name = topic, Partitions = [new() { PartitionIndex = 0, CommittedOffset = offset }] }] }, 9);
                error = Assert.Single(Assert.Single(response.Topics).Partitions).ErrorCode;
                return error != ErrorCode.CoordinatorLoadInProgress;
            },
            "the coordinator");
        Assert.Equal(ErrorCode.None, error);
    }

    public static async Task<ListOffsetsResponse.ListOffsetsPartitionResponse> ListOffsetAsync(this Client client, string topic, long timestamp, int leaderEpoch = -1)
    {
        var response = await client.AskAsync(new ListOffsetsRequest
        {
            ReplicaId = -1,
            Topics = [new() { Name = topic, Partitions = [new() { Timestamp = timestamp, CurrentLeaderEpoch = leaderEpoch }] }],
        });
        return Assert.Single(Assert.Single(response.Topics).Partitions);
    }
}
