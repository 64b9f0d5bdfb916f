using System.Diagnostics;
using System.Globalization;
using FlyMQ.Protocol;
using FlyMQ.Protocol.Messages.Groups;
using FlyMQ.Protocol.Messages.Topics;

namespace FlyMQ.Load;

/// <summary>Fills a broker with topics, a record in each partition, and groups that have committed offsets: what a page of metrics tells of.</summary>
internal sealed class Many(Settings settings, int topics, int groups)
{
    private const int PerRequest = 100, CommitVersion = 8, CreateVersion = 5, FindVersion = 3;

    public void Run()
    {
        using var connection = new Connection(settings.Bootstrap);
        var began = Stopwatch.GetTimestamp();
        foreach (var some in Enumerable.Range(0, topics).Chunk(PerRequest))
        {
            var created = connection.Ask(
                new CreateTopicsRequest
                {
                    timeoutMs = 60_000,
                    Topics = [.. some.Select(t => new CreateTopicsRequest.CreatableTopic { Name = Topic(t), NumPartitions = settings.Partitions, ReplicationFactor = 1 })],
                },
                CreateVersion);
            Require(created.Topics.Select(t => t.ErrorCode).Where(e => e != ErrorCode.TopicAlreadyExists));
        }

        Thread.Sleep(2000);
        for (var topic = 0; topic < topics; topic++)
        {
            // One request with a batch for every partition.
            var request = settings with { Topic = Topic(topic), PartitionsPerRequest = settings.Partitions, BatchRecords = 1, RecordBytes = 100, Connections = 1, Acks = 1 };
            connection.Send(Produce.Frames(request, 0)[0], topic);
            connection.Receive();
        }

        connection.Ask(new FindCoordinatorRequest { Key = Group(0), KeyType = 0 }, FindVersion);
        Thread.Sleep(2000);
        for (var group = 0; group < groups; group++)
        {
            var committed = connection.Ask(
                new OffsetCommitRequest
                {
                    GroupId = Group(group),
                    Topics =
                    [
                        new OffsetCommitRequest.OffsetCommitRequestTopic
                        {
                            Name = Topic(group % topics),
                            Partitions =
                            [
                                .. Enumerable.Range(0, settings.Partitions)
                                    .Select(p => new OffsetCommitRequest.OffsetCommitRequestPartition { PartitionIndex = p, CommittedOffset = 0 }),
                            ],
                        },
                    ],
                },
                CommitVersion);
            Require(committed.Topics.SelectMany(t => t.Partitions).Select(p => p.ErrorCode));
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{topics} topics of {settings.Partitions} partitions with a record each, {groups} groups: {Stopwatch.GetElapsedTime(began).TotalSeconds:F1} s"));
    }

    private static string Topic(int number) => string.Create(CultureInfo.InvariantCulture, $"topic-{number:D5}");

    private static string Group(int number) => string.Create(CultureInfo.InvariantCulture, $"group-{number:D5}");

    private static void Require(IEnumerable<ErrorCode> errors)
    {
        if (errors.FirstOrDefault(e => e != ErrorCode.None) is not ErrorCode.None and var error)
        {
            throw new IOException($"The broker answered {error}.");
        }
    }
}
