using System.Text.Json.Serialization;

namespace FlyMQ.Server.Health;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(HealthBody))]
[JsonSerializable(typeof(SlowBody))]
internal sealed partial class HealthJson : JsonSerializerContext;
