using System.Diagnostics;
using FlyMQ.Compatibility.Clients;

namespace FlyMQ.Compatibility.Scenarios;

/// <summary>Waits for what another process does, by looking again; the limit only ends a test that would wait for ever.</summary>
internal static class Until
{
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan DefaultLimit = TimeSpan.FromSeconds(60);

    public static async Task TrueAsync(string what, Func<Task<bool>> condition, TimeSpan? limit = null, Func<string>? describe = null)
    {
        var clock = Stopwatch.StartNew();
        while (!await condition())
        {
            Assert.True(clock.Elapsed < (limit ?? DefaultLimit), $"not within the limit: {what} {describe?.Invoke()}");
            await Task.Delay(Between);
        }
    }

    public static Task TrueAsync(string what, Func<bool> condition, TimeSpan? limit = null, Func<string>? describe = null) =>
        TrueAsync(what, () => Task.FromResult(condition()), limit, describe);

    /// <summary>Tries again while the broker answers one of <paramref name="passing"/>.</summary>
    public static Task SucceedsAsync(string what, int[] passing, Func<Task> action) => TrueAsync(what, async () =>
    {
        try
        {
            await action();
            return true;
        }
        catch (ClientError refused) when (passing.Contains(refused.Code))
        {
            return false;
        }
    });
}
