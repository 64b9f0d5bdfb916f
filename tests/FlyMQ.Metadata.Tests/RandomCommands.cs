using System.Collections.Immutable;
using FlyMQ.Metadata.Commands;
using FlyMQ.Records;

namespace FlyMQ.Metadata.Tests;

/// <summary>A history of commands from a seed: sensible ones and ones that must be refused, with repetitions of earlier ones.</summary>
internal static class RandomCommands
{
    public static List<MetadataCommand> Generate(int seed, int count)
    {
        var random = new Random(seed);
        var some = new Some(seed);
        var image = ClusterImage.Empty;
        var commands = new List<MetadataCommand>();
        while (commands.Count < count)
        {
            var command = commands.Count > 10 && random.Next(20) == 0 ? commands[random.Next(commands.Count)] : Next(random, some, image);
            commands.Add(command);
            image = MetadataStateMachine.Apply(image, command).Image;
        }

        return commands;
    }

    private static MetadataCommand Next(Random random, Some some, ClusterImage image)
    {
        var broker = random.Next(1, 6);
        var epoch = image.BrokerOrNull(broker)?.Epoch ?? 0;
        var topic = image.Topics.IsEmpty ? null : image.Topics.Values.OrderBy(t => t.Name, StringComparer.Ordinal).ElementAt(random.Next(image.Topics.Count));
        var partition = topic?.Partitions[random.Next(topic.Partitions.Length)];
        return random.Next(12) switch
        {
            0 => some.Broker(broker, fenced: random.Next(3) == 0),
            1 => new ChangeBrokerState(some.Id(), broker, epoch, random.Next(2) == 0, random.Next(4) == 0),
            2 when random.Next(4) == 0 => new UnregisterBroker(some.Id(), broker),
            3 => new InitializeCluster(some.Id(), some.Id(), ImmutableSortedDictionary<string, short>.Empty.Add("metadata.version", 1)),
            4 => new AllocateProducerIds(some.Id(), broker, epoch) { TraceParent = random.Next(2) == 0 ? "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" : null },
            5 when topic is not null => new DeleteTopics(some.Id(), [topic.Id, some.Id()]),
            6 when topic is not null => new CreatePartitions(some.Id(), [new NewPartitions(topic.Id, topic.Partitions.Length, [Replicas(random)])]),
            7 when topic is not null => Alter(random, some, topic),
            8 when partition is not null => new AlterPartition(some.Id(), partition.Leader, image.BrokerOrNull(partition.Leader)?.Epoch ?? 0,
                [new PartitionChange(topic!.Id, topic.Partitions.IndexOf(partition), partition.LeaderEpoch, partition.PartitionEpoch, partition.Replicas)]),
            9 when topic is not null => new ElectLeaders(some.Id(), random.Next(2) == 0, [new TopicIdPartition(topic.Id, random.Next(4))]),
            _ => new CreateTopics(some.Id(), [some.NewTopic($"t{random.Next(40)}", [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => Replicas(random).ToArray())])]),
        };
    }

    private static AlterConfigs Alter(Random random, Some some, TopicImage topic)
    {
        var resource = random.Next(3) switch { 0 => ConfigResource.AllBrokers, 1 => ConfigResource.Broker(random.Next(5)), _ => ConfigResource.Topic(topic.Name) };
        var entry = new ConfigEntryChange($"key{random.Next(5)}", (ConfigOperation)random.Next(4), $"v{random.Next(5)}", "v0");
        return new AlterConfigs(some.Id(), [new ConfigChange(resource, random.Next(5) == 0, [entry])]);
    }

    private static ImmutableArray<int> Replicas(Random random) => [.. Enumerable.Range(1, 5).OrderBy(_ => random.Next()).Take(random.Next(1, 4))];
}
