using System.Diagnostics;

namespace FlyMQ.Broker.Tests.Running;

/// <summary>Waits for what comes by itself, and not for ever.</summary>
internal static class Until
{
    public static async Task TrueAsync(Func<Task<bool>> condition, string what)
    {
        var waited = Stopwatch.StartNew();
        while (!await condition())
        {
            Assert.True(waited.Elapsed < TimeSpan.FromSeconds(15), $"In vain waited for: {what}.");
            await Task.Delay(10);
        }
    }
}
