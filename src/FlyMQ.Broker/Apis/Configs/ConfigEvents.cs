using Microsoft.Extensions.Logging;

namespace FlyMQ.Broker.Apis.Configs;

/// <summary>What altering configurations tells (ids 2100–2199).</summary>
internal sealed partial class ConfigEvents(ILogger logger)
{
    [LoggerMessage(2100, LogLevel.Warning, "{Key} was set on {ResourceType} '{ResourceName}' and has no effect in FlyMQ yet.")]
    public partial void NoEffectYet(string key, string resourceType, string resourceName);
}
