using System.Collections.Immutable;
using FlyMQ.Protocol;
using FlyMQ.Records;

namespace FlyMQ.Metadata.Encoding;

/// <summary>The structures that commands and images share, in both directions. A field is only ever appended.</summary>
internal static class Structures
{
    public static void Endpoint(MetadataWriter writer, BrokerEndpoint endpoint)
    {
        writer.Text(endpoint.Listener);
        writer.Text(endpoint.Host);
        writer.Int(endpoint.Port);
        writer.Int(endpoint.Security);
    }

    public static BrokerEndpoint ReadEndpoint(ref MetadataReader reader) =>
        new(reader.Text(), reader.Text(), reader.Int32(), (short)reader.Int());

    public static void Broker(MetadataWriter writer, BrokerImage broker)
    {
        writer.Int(broker.Id);
        writer.Int(broker.Epoch);
        writer.Uuid(broker.IncarnationId);
        writer.List(broker.Endpoints, Endpoint);
        writer.Text(broker.Rack);
        writer.Bool(broker.Fenced);
        writer.Bool(broker.InControlledShutdown);
    }

    public static BrokerImage ReadBroker(ref MetadataReader reader) => new(
        reader.Int32(), reader.Int(), reader.Uuid(), reader.List(ReadEndpoint), reader.TextOrNull(), reader.Bool(), reader.Bool());

    public static void Topic(MetadataWriter writer, TopicImage topic)
    {
        writer.Uuid(topic.Id);
        writer.Text(topic.Name);
        writer.Bool(topic.IsInternal);
        writer.List(topic.Partitions, Partition);
        writer.Map(topic.Configs);
    }

    public static TopicImage ReadTopic(ref MetadataReader reader) =>
        new(reader.Uuid(), reader.Text(), reader.Bool(), reader.List(ReadPartition), reader.Map());

    private static void Partition(MetadataWriter writer, PartitionImage partition)
    {
        writer.Int(partition.Leader);
        writer.Int(partition.LeaderEpoch.Value);
        writer.Int(partition.PartitionEpoch);
        writer.Ints(partition.Replicas.AsSpan());
        writer.Ints(partition.Isr.AsSpan());
    }

    private static PartitionImage ReadPartition(ref MetadataReader reader) =>
        new(reader.Int32(), new LeaderEpoch(reader.Int32()), reader.Int32(), reader.Ints(), reader.Ints());

    public static void Result(MetadataWriter writer, (Guid Id, CommandResult Result) remembered)
    {
        writer.Uuid(remembered.Id);
        writer.Int((short)remembered.Result.Error);
        writer.Text(remembered.Result.Message);
        writer.Int(remembered.Result.Value);
        writer.List(remembered.Result.Items, static (w, item) =>
        {
            w.Text(item.Name);
            w.Uuid(item.TopicId);
            w.Int(item.Partition);
            w.Int((short)item.Error);
            w.Text(item.Message);
        });
    }

    public static (Guid Id, CommandResult Result) ReadResult(ref MetadataReader reader) => (
        reader.Uuid(),
        new CommandResult((ErrorCode)reader.Int(), reader.TextOrNull())
        {
            Value = reader.Int(),
            Items = reader.List(static (ref MetadataReader r) => new CommandItem(r.Text(), r.Uuid(), r.Int32(), (ErrorCode)r.Int(), r.TextOrNull())),
        });
}
