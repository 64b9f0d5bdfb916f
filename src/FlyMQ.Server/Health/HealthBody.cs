using System.Text.Json.Serialization;

namespace FlyMQ.Server.Health;

/// <summary>The guide's JSON; its fields come first and under its names.</summary>
internal sealed record HealthBody(string Status, HealthChecks Checks, string Uptime, string Version)
{
    public const string Healthy = "healthy", Degraded = "degraded", Unhealthy = "unhealthy";

    [JsonIgnore]
    public bool IsHealthy => Status != Unhealthy;

    public static string StatusOf(Problem? problem) => problem switch
    {
        null => Healthy,
        { Severe: true } => Unhealthy,
        _ => Degraded,
    };
}
