using FlyMQ.Broker.Dispatch;
using FlyMQ.Broker.Telemetry;
using FlyMQ.Protocol.Messages.Telemetry;

namespace FlyMQ.Broker.Apis.Telemetry;

/// <summary>GetTelemetrySubscriptions (KIP-714): which of its metrics a client should push, how often, and what it is called.</summary>
internal sealed class GetTelemetrySubscriptionsHandler(ClientTelemetry telemetry) : IApiHandler<GetTelemetrySubscriptionsRequest, GetTelemetrySubscriptionsResponse>
{
    public ValueTask<GetTelemetrySubscriptionsResponse> HandleAsync(GetTelemetrySubscriptionsRequest request, RequestContext context) =>
        ValueTask.FromResult(telemetry.Subscribe(request, context));
}
