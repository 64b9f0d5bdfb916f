using System.Collections.Concurrent;

namespace FlyMQ.Compatibility.Brokers;

/// <summary>
/// Brokers that several test classes share, by name, started when first asked for and stopped at the end of the run. Topic and group names
/// are unique per test; who stops or kills a broker starts one of its own.
/// </summary>
public sealed class BrokerPool : IAsyncDisposable
{
    private static readonly ConcurrentDictionary<string, Lazy<Task<BrokerProcess>>> Brokers = new();

    internal static Task<BrokerProcess> GetAsync(string name) =>
        Brokers.GetOrAdd(name, _ => new Lazy<Task<BrokerProcess>>(() => BrokerProcess.StartAsync())).Value;

    public async ValueTask DisposeAsync()
    {
        foreach (var broker in Brokers.Values)
        {
            try
            {
                await (await broker.Value).DisposeAsync();
            }
            catch (InvalidOperationException)
            {
                // It never started; the tests that wanted it have said so.
            }
        }

        Results.ClientTable.Results.WriteIfAsked();
    }
}
