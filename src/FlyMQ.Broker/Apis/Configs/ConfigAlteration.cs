using FlyMQ.Broker.Topics;
using FlyMQ.Metadata;
using FlyMQ.Metadata.Commands;
using FlyMQ.Metadata.Configs;
using FlyMQ.Protocol;
using Microsoft.Extensions.Logging;

namespace FlyMQ.Broker.Apis.Configs;

/// <summary>What both ways of altering configurations share: judge each resource against its table, propose what is left, wait until it holds here.</summary>
internal sealed class ConfigAlteration(IMetadataQuorum metadata, ILocalPartitions local, ConfigResolver configs, ILoggerFactory loggers, Func<Guid> newId)
{
    private readonly ConfigEvents _events = new(loggers.CreateLogger("FlyMQ.Configs"));

    /// <returns>One error per change, in order.</returns>
    public async ValueTask<IReadOnlyList<(ErrorCode Error, string? Message)>> AlterAsync(IReadOnlyList<ConfigChange> changes, bool validateOnly, CancellationToken aborted)
    {
        var image = metadata.Image;
        var outcomes = new (ErrorCode Error, string? Message)[changes.Count];
        var twice = changes.GroupBy(c => c.Resource).Where(g => g.Count() > 1).Select(g => g.Key).ToHashSet();
        var wanted = new List<int>();
        for (var i = 0; i < changes.Count; i++)
        {
            outcomes[i] = twice.Contains(changes[i].Resource) ? (ErrorCode.InvalidRequest, "The resource is named twice in one request.") : Judge(image, changes[i]);
            if (outcomes[i].Error == ErrorCode.None)
            {
                wanted.Add(i);
            }
        }

        if (validateOnly || wanted.Count == 0)
        {
            return outcomes;
        }

        var result = await metadata.ProposeAsync(new AlterConfigs(newId(), [.. wanted.Select(i => changes[i])]), aborted).ConfigureAwait(false);
        for (var i = 0; i < wanted.Count; i++)
        {
            outcomes[wanted[i]] = result.IsOk ? (result.Items[i].Error, result.Items[i].Message) : (result.Error, result.Message);
        }

        foreach (var change in wanted.Select(i => changes[i]))
        {
            WarnOfNoEffect(change);
        }

        await local.WaitForAsync(metadata.Image.Version, aborted).ConfigureAwait(false);
        return outcomes;
    }

    /// <summary>The list that append and subtract start from while nothing is set.</summary>
    public static string? ListDefaultOf(ConfigResourceType type, string key) => ConfigTable.Of(type)?.Find(key)?.Default;

    private (ErrorCode Error, string? Message) Judge(ClusterImage image, ConfigChange change)
    {
        var resource = change.Resource;
        var (error, message) = ConfigResources.Check(image, configs.NodeId, (sbyte)resource.Type, resource.Name);
        if (error != ErrorCode.None)
        {
            return (error, message);
        }

        var table = ConfigTable.Of(resource.Type)!;
        if (change.Entries.GroupBy(e => e.Key, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            return (ErrorCode.InvalidRequest, $"The key {twice.Key} is named twice for one resource.");
        }

        foreach (var entry in change.Entries)
        {
            if (table.Find(entry.Key) is not { } key)
            {
                return (ErrorCode.InvalidConfig, $"Unknown {table.Kind} config name: {entry.Key}");
            }

            if (resource.Type == ConfigResourceType.Broker && key.ReadOnly)
            {
                return (ErrorCode.InvalidRequest, $"Cannot update these configs dynamically: {entry.Key}");
            }

            if (entry.Operation is ConfigOperation.Append or ConfigOperation.Subtract && key.Type != ConfigType.List)
            {
                return (ErrorCode.InvalidConfig, $"Can't {entry.Operation.ToString().ToUpperInvariant()} to key {entry.Key} because its type is not LIST.");
            }

            if (entry.Operation is < ConfigOperation.Set or > ConfigOperation.Subtract)
            {
                return (ErrorCode.InvalidRequest, $"Unknown operation {(sbyte)entry.Operation} for key {entry.Key}.");
            }

            if (entry.Operation != ConfigOperation.Delete && entry.Value is null)
            {
                return (ErrorCode.InvalidRequest, $"Null value not supported for : {entry.Key}");
            }
        }

        var after = change.ApplyTo(image.ConfigsOf(resource));
        return table.Problem(after.Where(kv => change.Entries.Any(e => e.Key == kv.Key))) is { } problem ? (ErrorCode.InvalidConfig, problem) : (ErrorCode.None, null);
    }

    private void WarnOfNoEffect(ConfigChange change)
    {
        foreach (var entry in change.Entries)
        {
            if (entry.Operation != ConfigOperation.Delete && ConfigTable.Of(change.Resource.Type)?.Find(entry.Key) is { NoEffectYet: true })
            {
                _events.NoEffectYet(entry.Key, change.Resource.Type.ToString(), change.Resource.Name);
            }
        }
    }
}
