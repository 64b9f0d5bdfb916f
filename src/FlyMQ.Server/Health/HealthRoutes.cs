using System.Text.Encodings.Web;
using System.Text.Json;

namespace FlyMQ.Server.Health;

/// <summary>Which question gets which answer.</summary>
internal static class HealthRoutes
{
    // Nothing here ends up in a page: only what JSON itself requires is escaped.
    private static readonly HealthJson Json = new(new JsonSerializerOptions(HealthJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    /// <param name="request">The question.</param>
    /// <param name="sources">What is told.</param>
    /// <param name="fromHere">Whether the client is on this machine.</param>
    public static HttpAnswer Answer(HttpHead request, HealthSources sources, bool fromHere) => request switch
    {
        { Path: not ("/live" or "/ready" or "/health" or "/debug/slow") } => HttpAnswer.Text(404, "not found: there are /live, /ready, /health and /debug/slow"),
        { Method: not ("GET" or "HEAD") } => HttpAnswer.Text(405, "method not allowed: GET and HEAD are") with { Header = "Allow: GET, HEAD" },
        { Path: "/live" } => Probe(sources.Verdict().Live),
        { Path: "/ready" } => Probe(sources.Verdict().Ready),
        { Path: "/health" } => Health(sources.Verdict().Body),
        // It names clients and topics. A page in a browser on this machine gets here by a name of its own, so the name counts too.
        _ when !fromHere || !request.IsForLoopback => HttpAnswer.Text(403, "forbidden: /debug/slow is for clients on this machine, at localhost or a loopback address"),
        _ => sources.Slowest() is { } slowest
            ? HttpAnswer.Json(200, JsonSerializer.SerializeToUtf8Bytes(SlowBody.Of(slowest), Json.SlowBody))
            : HttpAnswer.Text(503, "the broker does not serve"),
    };

    public static byte[] ToJson(HealthBody body) => JsonSerializer.SerializeToUtf8Bytes(body, Json.HealthBody);

    private static HttpAnswer Probe(Problem? problem) => problem is null ? HttpAnswer.Text(200, "OK") : HttpAnswer.Text(503, problem.Line);

    private static HttpAnswer Health(HealthBody body) =>
        HttpAnswer.Json(body.IsHealthy ? 200 : 503, ToJson(body));
}
