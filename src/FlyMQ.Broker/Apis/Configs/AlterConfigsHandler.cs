using FlyMQ.Broker.Dispatch;
using FlyMQ.Metadata;
using FlyMQ.Metadata.Commands;
using FlyMQ.Protocol.Messages.Configs;

namespace FlyMQ.Broker.Apis.Configs;

/// <summary>AlterConfigs (KIP-133): the named values replace all that was set on a resource.</summary>
internal sealed class AlterConfigsHandler(ConfigAlteration alteration) : IApiHandler<AlterConfigsRequest, AlterConfigsResponse>
{
    public async ValueTask<AlterConfigsResponse> HandleAsync(AlterConfigsRequest request, RequestContext context)
    {
        List<ConfigChange> changes =
        [
            .. request.Resources.Select(r => new ConfigChange(
                new ConfigResource((ConfigResourceType)r.ResourceType, r.ResourceName),
                ReplaceAll: true,
                [.. r.Configs.Select(c => new ConfigEntryChange(c.Name, ConfigOperation.Set, c.Value))])),
        ];
        var outcomes = await alteration.AlterAsync(changes, request.ValidateOnly, context.Aborted).ConfigureAwait(false);
        return new AlterConfigsResponse
        {
            Responses =
            [
                .. request.Resources.Zip(outcomes, (resource, outcome) => new AlterConfigsResponse.AlterConfigsResourceResponse
                {
                    ResourceType = resource.ResourceType, ResourceName = resource.ResourceName, ErrorCode = outcome.Error, ErrorMessage = outcome.Message,
                }),
            ],
        };
    }
}
