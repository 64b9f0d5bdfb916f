using System.Text.Json.Serialization;

namespace FlyMQ.Server.Health;

/// <summary>One entry of <c>checks</c>; what only some have is in those that derive from it.</summary>
internal class HealthCheck(Problem? problem)
{
    [JsonPropertyOrder(-1)]
    public string Status => HealthBody.StatusOf(problem);

    [JsonPropertyOrder(1)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Reason => problem?.Reason;

    [JsonPropertyOrder(2)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Message => problem?.Message;
}
