using System.Buffers;
using FlyMQ.Broker.Dispatch;
using FlyMQ.Broker.Tests.Data;
using FlyMQ.Broker.Tests.Running;
using FlyMQ.Protocol;
using FlyMQ.Protocol.Messages.Cluster;
using FlyMQ.Protocol.Messages.Data;
using FlyMQ.Storage;
using static FlyMQ.Broker.Tests.Running.Words;

namespace FlyMQ.Broker.Tests.Dispatch;

/// <summary>What is counted of requests that came over a socket.</summary>
public sealed class RequestMetricsTests : TestBroker
{
    [Fact]
    public async Task Requests_errors_and_stages_are_those_of_what_was_asked()
    {
        await using var client = await ConnectAsync();
        await client.CreateAsync("measured");
        for (var i = 0; i < 3; i++)
        {
            await client.AppendAsync("measured", Batches.Of("a"));
        }

        await client.SendAsync(Produce("measured", Batches.Of("no answer"), acks: 0), 11);
        // Two partitions that are not there, in one answer.
        var missing = Produce("is-not-there", Batches.Of("b"));
        missing.TopicData[0].PartitionData.Add(new ProduceRequest.PartitionProduceData { Index = 1, Records = new ReadOnlySequence<byte>(Batches.Of("c")) });
        await client.ReceiveAsync<ProduceResponse>(await client.SendAsync(missing, 12), 12);
        var waiting = Fetch("measured", 4);
        (waiting.MinBytes, waiting.MaxWaitMs) = (1, 300);
        await client.FetchAsync(waiting);

        // A client may have its answer before the broker has noted that it is out.
        await Until.TrueAsync(() => Task.FromResult(Count(Of(ApiKey.Fetch), RequestStage.Send) == 1), "the last answer noted as sent");
        var produce = Of(ApiKey.Produce);
        Assert.Equal(5, produce.Requests().Sum(r => r.Count));
        Assert.Contains(((short)11, 1L), produce.Requests());
        Assert.Equal([(ErrorCode.UnknownTopicOrPartition, 2L)], produce.ErrorsTold());
        Assert.Equal((5, 5, 5), (Count(produce, RequestStage.Queue), Count(produce, RequestStage.Decode), Count(produce, RequestStage.Append)));
        Assert.InRange(Count(produce, RequestStage.FlushWait), 1, 3);
        Assert.Equal((4, 4), (Count(produce, RequestStage.Encode), Count(produce, RequestStage.Send)));
        Assert.Null(produce.Stage(RequestStage.Handle));
        Assert.Null(produce.Stage(RequestStage.BackPressure));

        var fetch = Of(ApiKey.Fetch);
        Assert.Equal(1, Count(fetch, RequestStage.Read));
        Assert.InRange(fetch.Stage(RequestStage.Purgatory)!.Sum.TotalMilliseconds, 290, 20_000);
        Assert.InRange(fetch.Stage(RequestStage.Read)!.Sum.TotalMilliseconds, 0, 250);
        Assert.DoesNotContain(Broker.SlowRequests.Slowest(), r => r.Api == "Fetch" && r.Took > TimeSpan.FromMilliseconds(250));
        Assert.Equal("measured", Broker.SlowRequests.Slowest().First(r => r.Api == "Fetch").Topic);
    }

    [Fact]
    public async Task Clients_are_counted_by_what_they_say_they_are_while_they_are_connected()
    {
        await using var silent = await ConnectAsync();
        await silent.AskAsync(new MetadataRequest());
        await using (var client = await ConnectAsync())
        {
            await client.AskAsync(new ApiVersionsRequest { ClientSoftwareName = "some-client", ClientSoftwareVersion = "1.2.3" });
            Assert.Equal([("some-client", "1.2.3", 1), ("unknown", "unknown", 1)], Broker.ClientSoftware.Select(s => (s.Name, s.Version, s.Connections)));
        }

        await Until.TrueAsync(() => Task.FromResult(Broker.ClientSoftware.Count == 1), "the client is gone");
    }

    private ApiMetrics Of(ApiKey key) => Broker.Requests.Single(m => m.Api.Key == key);

    private static long Count(ApiMetrics api, RequestStage stage) => api.Stage(stage)?.CopyTo(new long[LatencyHistogram.UpperBounds.Length + 1]) ?? 0;
}
