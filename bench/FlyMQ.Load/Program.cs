using System.CommandLine;
using FlyMQ.Load;
using FlyMQ.Protocol;
using FlyMQ.Protocol.Messages.Topics;

var bootstrap = new Option<string>("--bootstrap") { DefaultValueFactory = _ => "127.0.0.1:9092", Description = "host:port of a broker" };
var topic = new Option<string>("--topic") { DefaultValueFactory = _ => "load", Description = "Created when it is not there" };
var partitions = new Option<int>("--partitions") { DefaultValueFactory = _ => 1 };
var perRequest = new Option<int>("--partitions-per-request") { DefaultValueFactory = _ => 1 };
var connections = new Option<int>("--connections") { DefaultValueFactory = _ => 1 };
var inFlight = new Option<int>("--in-flight") { DefaultValueFactory = _ => 5, Description = "Requests of a connection that wait for their answer" };
var acks = new Option<short>("--acks") { DefaultValueFactory = _ => -1 };
var batchRecords = new Option<int>("--batch-records") { DefaultValueFactory = _ => 16 };
var recordBytes = new Option<int>("--record-bytes") { DefaultValueFactory = _ => 1024 };
var seconds = new Option<double>("--seconds") { DefaultValueFactory = _ => 5 };
var warmup = new Option<double>("--warmup") { DefaultValueFactory = _ => 2, Description = "Seconds that do not count" };

Settings Read(ParseResult parsed) => new(
    parsed.GetValue(bootstrap)!, parsed.GetValue(topic)!, parsed.GetValue(partitions), parsed.GetValue(perRequest), parsed.GetValue(connections), parsed.GetValue(inFlight),
    parsed.GetValue(acks), parsed.GetValue(batchRecords), parsed.GetValue(recordBytes), parsed.GetValue(seconds), parsed.GetValue(warmup));

var produce = new Command("produce", "Sends batches that were made once, as fast as the broker answers") { bootstrap, topic, partitions, perRequest, connections, inFlight, acks, batchRecords, recordBytes, seconds, warmup };
produce.SetAction(parsed =>
{
    var settings = Read(parsed);
    CreateTopic(settings);
    new Produce(settings).Run();
});
var consume = new Command("consume", "Reads what is there, again and again") { bootstrap, topic, partitions, connections, recordBytes, seconds, warmup };
consume.SetAction(parsed => new Consume(Read(parsed)).Run());
var command = new Argument<string[]>("command") { Description = "The broker and its arguments, behind --" };
var idle = new Option<double>("--idle") { DefaultValueFactory = _ => 5, Description = "Seconds to wait before memory is looked at" };
var start = new Command("start", "Starts a broker again and again, and measures until its first acknowledged record") { bootstrap, topic, recordBytes, idle, command };
start.SetAction(parsed => new Start(Read(parsed) with { BatchRecords = 1, Partitions = 1, PartitionsPerRequest = 1, Acks = -1, Connections = 1 }, parsed.GetValue(command)!, parsed.GetValue(idle)).Run());
var topics = new Option<int>("--topics") { DefaultValueFactory = _ => 1000 };
var groups = new Option<int>("--groups") { DefaultValueFactory = _ => 1000 };
var many = new Command("many", "Makes topics with a record in each partition, and groups that have committed offsets") { bootstrap, topics, partitions, groups };
many.SetAction(parsed => new Many(Read(parsed), parsed.GetValue(topics), parsed.GetValue(groups)).Run());
var port = new Option<int>("--port") { DefaultValueFactory = _ => 4318 };
var sink = new Command("sink", "Takes what an OTLP exporter posts and throws it away") { port };
sink.SetAction(parsed => new Sink(parsed.GetValue(port)).Run());
return new RootCommand("Load on a Kafka broker that costs the machine as little as can be, so that it is the broker that is measured.") { produce, consume, start, many, sink }.Parse(args).Invoke();

static void CreateTopic(Settings settings)
{
    using var connection = new Connection(settings.Bootstrap);
    var created = connection.Ask(
        new CreateTopicsRequest { Topics = [new CreateTopicsRequest.CreatableTopic { Name = settings.Topic, NumPartitions = settings.Partitions, ReplicationFactor = 1 }] }, 5);
    if (created.Topics[0].ErrorCode is not (ErrorCode.None or ErrorCode.TopicAlreadyExists))
    {
        throw new IOException($"{settings.Topic}: {created.Topics[0].ErrorCode} {created.Topics[0].ErrorMessage}");
    }

    // A broker tells that a topic is there before all of its partitions have a leader.
    Thread.Sleep(2000);
}
