using System.Text.Encodings.Web;
using System.Text.Json;

namespace FlyMQ.Server.Health;

/// <summary>Which question gets which answer.</summary>
internal static class HealthRoutes
{
    // Nothing here ends up in a page: only what JSON itself requires is escaped.
    private static readonly HealthJson Json = new(new JsonSerializerOptions(HealthJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    public static HttpAnswer Answer(HttpHead request, Func<HealthVerdict> verdict) => request switch
    {
        { Path: not ("/live" or "/ready" or "/health") } => HttpAnswer.Text(404, "not found: there are /live, /ready and /health"),
        { Method: not ("GET" or "HEAD") } => HttpAnswer.Text(405, "method not allowed: GET and HEAD are") with { Header = "Allow: GET, HEAD" },
        { Path: "/live" } => Probe(verdict().Live),
        { Path: "/ready" } => Probe(verdict().Ready),
        _ => Health(verdict().Body),
    };

    public static byte[] ToJson(HealthBody body) => JsonSerializer.SerializeToUtf8Bytes(body, Json.HealthBody);

    private static HttpAnswer Probe(Problem? problem) => problem is null ? HttpAnswer.Text(200, "OK") : HttpAnswer.Text(503, problem.Line);

    private static HttpAnswer Health(HealthBody body) =>
        HttpAnswer.Json(body.IsHealthy ? 200 : 503, ToJson(body));
}
