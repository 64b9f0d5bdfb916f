using FlyMQ.Compatibility.Clients;
using FlyMQ.Compatibility.Results;

namespace FlyMQ.Compatibility.Scenarios;

/// <summary>For clients that have an idempotent producer.</summary>
public abstract class IdempotenceScenarios : ClientScenarios
{
    [Fact]
    [Covers(Feature.Idempotence)]
    public async Task An_idempotent_producer_writes_each_record_once_and_in_order()
    {
        const int count = 5_000;
        const int keys = 20;
        var topic = await NewTopicAsync(partitions: 3);
        await using (var producer = await Client.OpenProducerAsync(new ProducerSettings { Idempotent = true, Codec = Codec.Gzip }))
        {
            await producer.SendManyAsync(topic, count, keys);
        }

        RecordAudit.AssertExactlyOnceInOrder(await Client.ReadAsync(topic, count, ReadLimit), count, keys);
    }
}
