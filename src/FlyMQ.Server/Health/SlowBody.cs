using FlyMQ.Broker.Dispatch;

namespace FlyMQ.Server.Health;

/// <summary>The answer of <c>/debug/slow</c>.</summary>
/// <param name="Minutes">How far back it reaches.</param>
/// <param name="PerMinute">How many of each minute it has at most.</param>
/// <param name="Requests">The slowest first.</param>
internal sealed record SlowBody(int Minutes, int PerMinute, IReadOnlyList<SlowBody.Request> Requests)
{
    public static SlowBody Of(IReadOnlyList<SlowRequest> slowest) =>
        new((int)(SlowRequests.Windows * SlowRequests.Window.TotalMinutes), SlowRequests.PerWindow, [.. slowest.Select(Describe)]);

    private static Request Describe(SlowRequest request)
    {
        var stages = new Dictionary<string, double>();
        foreach (var stage in Enum.GetValues<RequestStage>())
        {
            if (request.Times[stage] is var took && took > TimeSpan.Zero)
            {
                stages[stage.Label()] = Math.Round(took.TotalMilliseconds, 3);
            }
        }

        return new Request(
            request.At, request.Api, request.Version, Math.Round(request.Took.TotalMilliseconds, 3), stages, request.Topic, request.Bytes, request.Error, request.TraceId,
            new Client(request.ClientId, request.ClientAddress, request.ClientSoftware, request.Connection));
    }

    /// <param name="TookMs">The stages together, <c>purgatory</c> excluded.</param>
    /// <param name="StagesMs">Where the time went; stages that took none are left out.</param>
    internal sealed record Request(
        DateTimeOffset At, string Api, int Version, double TookMs, IReadOnlyDictionary<string, double> StagesMs, string? Topic, int Bytes, string? Error, string? TraceId,
        Client Client);

    internal sealed record Client(string? Id, string Address, string Software, long Connection);
}
