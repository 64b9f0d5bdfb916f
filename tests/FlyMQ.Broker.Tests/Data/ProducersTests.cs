using FlyMQ.Broker.Tests.Running;
using FlyMQ.Protocol;
using FlyMQ.Protocol.Messages.Data;
using FlyMQ.Protocol.Messages.Transactions;

namespace FlyMQ.Broker.Tests.Data;

/// <summary>The ids of idempotent producers, and what a partition remembers of them (KIP-98, KIP-360, KIP-664).</summary>
public sealed class ProducersTests(TestBroker broker) : IClassFixture<TestBroker>
{
    [Fact]
    public async Task Every_producer_gets_an_id_of_its_own_with_epoch_0()
    {
        await using var first = await broker.ConnectAsync();
        await using var second = await broker.ConnectAsync();
        var ids = new HashSet<long>();
        for (var i = 0; i < 20; i++)
        {
            foreach (var client in new[] { first, second })
            {
                var response = await client.AskAsync(new InitProducerIdRequest());
                Assert.Equal((ErrorCode.None, (short)0), (response.ErrorCode, response.ProducerEpoch));
                Assert.True(ids.Add(response.ProducerId), $"Producer id {response.ProducerId} was given twice.");
            }
        }
    }

    [Fact]
    public async Task Who_names_an_id_gets_another_one_for_without_transactions_nobody_owns_it()
    {
        await using var client = await broker.ConnectAsync();
        var first = await client.AskAsync(new InitProducerIdRequest());
        var second = await client.AskAsync(new InitProducerIdRequest { ProducerId = first.ProducerId, ProducerEpoch = 0 }, 4);
        Assert.Equal((ErrorCode.None, (short)0), (second.ErrorCode, second.ProducerEpoch));
        Assert.NotEqual(first.ProducerId, second.ProducerId);
    }

    [Theory]
    [InlineData(5, -1)]
    [InlineData(-1, 3)]
    public async Task An_id_without_an_epoch_or_an_epoch_without_an_id_is_refused(long producerId, short epoch)
    {
        await using var client = await broker.ConnectAsync();
        Assert.Equal(ErrorCode.InvalidRequest, (await client.AskAsync(new InitProducerIdRequest { ProducerId = producerId, ProducerEpoch = epoch }, 4)).ErrorCode);
    }

    [Fact]
    public async Task A_partition_tells_the_producers_it_remembers()
    {
        await using var client = await broker.ConnectAsync();
        await client.CreateAsync("remembers", partitions: 2);
        Assert.Empty((await DescribeAsync(client, "remembers", 0)).ActiveProducers);
        var before = Batches.NowMs();
        await client.AppendAsync("remembers", Batches.OfProducer(900, 2, 0, records: 3));
        await client.AppendAsync("remembers", Batches.OfProducer(900, 2, 3, records: 2));

        var producer = Assert.Single((await DescribeAsync(client, "remembers", 0)).ActiveProducers);

        Assert.Equal((900L, 2, 4), (producer.ProducerId, producer.ProducerEpoch, producer.LastSequence));
        Assert.InRange(producer.LastTimestamp, before, Batches.NowMs());
        // There is no transaction.
        Assert.Equal((-1L, -1), (producer.CurrentTxnStartOffset, producer.CoordinatorEpoch));
        Assert.Empty((await DescribeAsync(client, "remembers", 1)).ActiveProducers);
    }

    [Fact]
    public async Task Of_a_partition_that_does_not_exist_nothing_is_known()
    {
        await using var client = await broker.ConnectAsync();
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, (await DescribeAsync(client, "remembers-nothing", 0)).ErrorCode);
    }

    private static async Task<DescribeProducersResponse.PartitionResponse> DescribeAsync(Client client, string topic, int partition)
    {
        var response = await client.AskAsync(new DescribeProducersRequest { Topics = [new() { Name = topic, PartitionIndexes = [partition] }] });
        return Assert.Single(Assert.Single(response.Topics).Partitions);
    }
}
