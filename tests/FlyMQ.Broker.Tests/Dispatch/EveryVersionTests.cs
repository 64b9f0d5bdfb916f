using FlyMQ.Broker.Tests.Running;
using FlyMQ.Protocol;
using FlyMQ.Protocol.Messages;
using FlyMQ.Protocol.Messages.Cluster;

namespace FlyMQ.Broker.Tests.Dispatch;

/// <summary>
/// Each API in each of its versions: a well-formed request gets an answer that can be read and says what it should; what is not advertised ends the connection.
/// </summary>
public sealed class EveryVersionTests(SampleBroker broker) : IClassFixture<SampleBroker>
{
    public static TheoryData<ApiKey, short> All =>
        new(from api in ApiTable.All
            from version in Enumerable.Range(api.Versions.Min, api.Versions.Max - api.Versions.Min + 1)
            select (api.Key, (short)version));

    [Theory, MemberData(nameof(All))]
    public async Task Is_answered_or_not_there(ApiKey api, short version)
    {
        await using var client = await broker.ConnectAsync();
        if (broker.Advertises(api, version))
        {
            Assert.True(Samples.All.TryGetValue(api, out var asked), $"{api} is advertised and has no sample here.");
            await asked.AskAsync(client, broker, version);
            // Whatever came before, the connection is in step.
            Assert.NotEmpty((await client.AskAsync(new ApiVersionsRequest(), 0)).ApiKeys);
        }
        else if (Samples.All.TryGetValue(api, out var sample))
        {
            // A version that could be read and is not promised: Kafka has not finished it.
            await sample.SendAsync(client, broker, version);
            await client.IsClosedAsync();
        }
        else
        {
            await client.SendBytesAsync(new byte[] { 0, 0, 0, 12, 0, (byte)api, 0, (byte)version, 0, 0, 0, 1, 255, 255, 0, 0 });
            await client.IsClosedAsync();
        }
    }
}
