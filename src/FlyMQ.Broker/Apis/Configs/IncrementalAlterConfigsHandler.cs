using FlyMQ.Broker.Dispatch;
using FlyMQ.Metadata;
using FlyMQ.Metadata.Commands;
using FlyMQ.Protocol.Messages.Configs;

namespace FlyMQ.Broker.Apis.Configs;

/// <summary>IncrementalAlterConfigs (KIP-339): set, delete, append, subtract, key by key; what is not named stays.</summary>
internal sealed class IncrementalAlterConfigsHandler(ConfigAlteration alteration) : IApiHandler<IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse>
{
    public async ValueTask<IncrementalAlterConfigsResponse> HandleAsync(IncrementalAlterConfigsRequest request, RequestContext context)
    {
        List<ConfigChange> changes = [.. request.Resources.Select(ChangeOf)];
        var outcomes = await alteration.AlterAsync(changes, request.ValidateOnly, context.Aborted).ConfigureAwait(false);
        return new IncrementalAlterConfigsResponse
        {
            Responses =
            [
                .. request.Resources.Zip(outcomes, (resource, outcome) => new IncrementalAlterConfigsResponse.AlterConfigsResourceResponse
                {
                    ResourceType = resource.ResourceType, ResourceName = resource.ResourceName, ErrorCode = outcome.Error, ErrorMessage = outcome.Message,
                }),
            ],
        };
    }

    private static ConfigChange ChangeOf(IncrementalAlterConfigsRequest.AlterConfigsResource resource)
    {
        var type = (ConfigResourceType)resource.ResourceType;
        return new ConfigChange(
            new ConfigResource(type, resource.ResourceName),
            ReplaceAll: false,
            [.. resource.Configs.Select(c => new ConfigEntryChange(c.Name, (ConfigOperation)c.ConfigOperation, c.Value, ConfigAlteration.ListDefaultOf(type, c.Name)))]);
    }
}
