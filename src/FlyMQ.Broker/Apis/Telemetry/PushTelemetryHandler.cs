using FlyMQ.Broker.Dispatch;
using FlyMQ.Broker.Telemetry;
using FlyMQ.Protocol.Messages.Telemetry;

namespace FlyMQ.Broker.Apis.Telemetry;

/// <summary>PushTelemetry (KIP-714): takes a client's own metrics.</summary>
internal sealed class PushTelemetryHandler(ClientTelemetry telemetry) : IApiHandler<PushTelemetryRequest, PushTelemetryResponse>
{
    public async ValueTask<PushTelemetryResponse> HandleAsync(PushTelemetryRequest request, RequestContext context) =>
        new() { ErrorCode = await telemetry.PushAsync(request, context).ConfigureAwait(false) };
}
