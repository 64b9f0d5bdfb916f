using System.Net;
using System.Text.Json.Nodes;
using FlyMQ.Compatibility.Brokers;

namespace FlyMQ.Compatibility.Health;

/// <summary>An answer of a broker's health endpoint.</summary>
internal sealed record HealthAnswer(int Status, string Body)
{
    private static readonly HttpClient Client = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(10) };
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(20), Patience = TimeSpan.FromSeconds(40);

    public JsonNode Json() => JsonNode.Parse(Body)!;

    /// <summary>Null when nobody answers.</summary>
    public static async Task<HealthAnswer?> OfAsync(BrokerProcess broker, string path)
    {
        try
        {
            using var response = await Client.GetAsync(new UriBuilder("http", "127.0.0.1", broker.HealthPort, path).Uri);
            return new HealthAnswer((int)response.StatusCode, await response.Content.ReadAsStringAsync());
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    /// <summary>Asks until it is so.</summary>
    public static async Task<HealthAnswer> UntilAsync(BrokerProcess broker, string path, Func<HealthAnswer, bool> holds)
    {
        HealthAnswer? last = null;
        for (var end = DateTime.UtcNow + Patience; DateTime.UtcNow < end; await Task.Delay(Between))
        {
            last = await OfAsync(broker, path);
            if (last is not null && holds(last))
            {
                return last;
            }
        }

        throw new TimeoutException($"{path} did not become so; the last answer: {last}\n{broker.LogTail}");
    }

    public static Task<HealthAnswer> UntilOkAsync(BrokerProcess broker, string path) => UntilAsync(broker, path, a => a.Status == (int)HttpStatusCode.OK);

    public static Task<HealthAnswer> UntilFailedAsync(BrokerProcess broker, string path, string reason) =>
        UntilAsync(broker, path, a => a.Status == (int)HttpStatusCode.ServiceUnavailable && a.Body.StartsWith($"{reason}: ", StringComparison.Ordinal));
}
