using System.Buffers;
using FlyMQ.Broker.Network;
using FlyMQ.Protocol;
using FlyMQ.Protocol.Messages;
using FlyMQ.Protocol.Messages.Cluster;
using FlyMQ.Protocol.Wire;

namespace FlyMQ.Broker.Dispatch;

/// <summary>Reads a request's header, finds who answers it, and starts that. Stateless; one for all connections.</summary>
internal sealed class RequestDispatcher(ApiRegistry apis, TimeProvider time)
{
    private readonly StringCache _topicNames = new();

    /// <param name="frame">Without its size; valid until <see cref="Dispatched.Started"/> completes.</param>
    /// <param name="client">Who asks.</param>
    /// <param name="arrivedAt">When the frame's last byte was seen, in the broker's timestamps.</param>
    /// <param name="aborted">Cancelled when the connection is gone.</param>
    /// <exception cref="MalformedMessageException">The frame is no request.</exception>
    /// <exception cref="CloseConnectionException">It is one that nobody answers.</exception>
    public Dispatched Start(in ReadOnlySequence<byte> frame, ClientInfo client, long arrivedAt, CancellationToken aborted)
    {
        var startedAt = time.GetTimestamp();
        var reader = new WireReader(frame, _topicNames);
        var header = RequestHeader.Read(ref reader);
        client.ClientId = header.ClientId ?? client.ClientId;
        if (apis.Find(header.ApiKey) is not { } route)
        {
            throw new CloseConnectionException($"API key {(short)header.ApiKey} ({header.ApiKey}) version {header.ApiVersion} is not served here.");
        }

        var api = route.Api;
        if (!api.StableVersions.Contains(header.ApiVersion))
        {
            return header.ApiKey == ApiKey.ApiVersions
                ? UnknownApiVersions(api, header.CorrelationId)
                : throw new CloseConnectionException($"{api.Name} version {header.ApiVersion} is not served here; {api.StableVersions} are.");
        }

        route.Metrics.Count(header.ApiVersion);
        var context = new RequestContext(client, header.ApiVersion, header.ClientId, aborted) { Metrics = route.Metrics, Bytes = (int)frame.Length, Clock = time };
        (context.Times.ArrivedAt, context.Times.StartedAt) = (arrivedAt, startedAt);
        return new Dispatched(api, header.ApiVersion, header.CorrelationId, context, route.StartAsync(ref reader, context));
    }

    // KIP-511: whatever version was asked for, the answer is one that every client can read.
    private Dispatched UnknownApiVersions(ApiDescription api, int correlationId)
    {
        var response = new ApiVersionsResponse { ErrorCode = ErrorCode.UnsupportedVersion, ApiKeys = ApiVersionsList.Of(apis) };
        return new Dispatched(api, 0, correlationId, Context: null, ValueTask.FromResult(new StartedRequest(ValueTask.FromResult<IResponseMessage?>(response))));
    }
}

/// <param name="Context">Null when no handler was asked.</param>
internal readonly record struct Dispatched(ApiDescription Api, short Version, int CorrelationId, RequestContext? Context, ValueTask<StartedRequest> Started);

internal static class ApiVersionsList
{
    public static List<ApiVersionsResponse.ApiVersion> Of(ApiRegistry apis) =>
        [.. apis.Advertised.Select(a => new ApiVersionsResponse.ApiVersion { ApiKey = a.Key, MinVersion = a.StableVersions.Min, MaxVersion = a.StableVersions.Max })];
}
