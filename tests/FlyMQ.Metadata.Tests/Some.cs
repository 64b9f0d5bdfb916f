using System.Collections.Immutable;
using FlyMQ.Metadata.Commands;
using FlyMQ.Protocol;

namespace FlyMQ.Metadata.Tests;

/// <summary>Commands and images the tests begin with. Ids are counted from a seed, so that every run has the same bytes.</summary>
internal sealed class Some(int seed = 1)
{
    private int _ids = seed * 100_000;

    public static readonly ImmutableArray<BrokerEndpoint> Endpoints = [new("PLAINTEXT", "localhost", 9092, 0)];

    public static ImmutableSortedDictionary<string, string> Configs(params (string Key, string Value)[] configs) =>
        configs.ToImmutableSortedDictionary(c => c.Key, c => c.Value, StringComparer.Ordinal);

    public Guid Id() => new(++_ids, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10);

    public RegisterBroker Broker(int id, bool fenced = false) => new(Id(), id, Id(), Endpoints, Rack: null, fenced);

    public CreateTopics Topic(string name, params int[][] assignments) => new(Id(), [NewTopic(name, assignments)]);

    public NewTopic NewTopic(string name, params int[][] assignments) =>
        new(Id(), name, IsInternal: false, [.. assignments.Select(a => a.ToImmutableArray())], Configs());

    public static ClusterImage Apply(ClusterImage image, params MetadataCommand[] commands)
    {
        foreach (var command in commands)
        {
            var (next, result) = MetadataStateMachine.Apply(image, command);
            Assert.True(result.IsOk, $"{command}: {result}");
            Assert.All(result.Items, item => Assert.Equal(ErrorCode.None, item.Error));
            image = next;
        }

        return image;
    }
}
