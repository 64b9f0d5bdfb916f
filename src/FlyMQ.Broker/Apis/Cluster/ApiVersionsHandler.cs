using FlyMQ.Broker.Dispatch;
using FlyMQ.Metadata;
using FlyMQ.Protocol;
using FlyMQ.Protocol.Messages.Cluster;

namespace FlyMQ.Broker.Apis.Cluster;

/// <summary>
/// ApiVersions: what is served here, and who the client says it is (KIP-511); finalized features (KIP-584). A client that meant another broker is sent back to
/// its bootstrap servers (KIP-1242).
/// </summary>
internal sealed class ApiVersionsHandler(ApiRegistry apis, IMetadataQuorum metadata, int nodeId) : IApiHandler<ApiVersionsRequest, ApiVersionsResponse>
{
    private const short SaysWhoSince = 3;

    public ValueTask<ApiVersionsResponse> HandleAsync(ApiVersionsRequest request, RequestContext context)
    {
        if (context.Version >= SaysWhoSince)
        {
            if (!IsName(request.ClientSoftwareName) || !IsName(request.ClientSoftwareVersion))
            {
                return ValueTask.FromResult(new ApiVersionsResponse { ErrorCode = ErrorCode.InvalidRequest });
            }

            context.Client.SoftwareName = request.ClientSoftwareName;
            context.Client.SoftwareVersion = request.ClientSoftwareVersion;
        }

        var image = metadata.Image;
        if (Misrouted(request, image) is var error and not ErrorCode.None)
        {
            return ValueTask.FromResult(new ApiVersionsResponse { ErrorCode = error });
        }

        return ValueTask.FromResult(new ApiVersionsResponse
        {
            ApiKeys = ApiVersionsList.Of(apis),
            FinalizedFeaturesEpoch = image.Version,
            FinalizedFeatures = [.. image.Features.Select(f => new ApiVersionsResponse.FinalizedFeatureKey { Name = f.Key, MinVersionLevel = f.Value, MaxVersionLevel = f.Value })],
            SupportedFeatures = [.. image.Features.Select(f => new ApiVersionsResponse.SupportedFeatureKey { Name = f.Key, MinVersion = f.Value, MaxVersion = f.Value })],
        });
    }

    // Before version 5 nobody says whom he meant.
    private ErrorCode Misrouted(ApiVersionsRequest request, ClusterImage image) => (request.ClusterId, request.NodeId) switch
    {
        (null, -1) => ErrorCode.None,
        (null, _) or (_, -1) => ErrorCode.InvalidRequest,
        var (cluster, node) => cluster == image.ClusterIdText && node == nodeId ? ErrorCode.None : ErrorCode.RebootstrapRequired,
    };

    // KIP-511: [a-zA-Z0-9](?:[a-zA-Z0-9\-.]*[a-zA-Z0-9])?
    private static bool IsName(string name) =>
        name.Length > 0 && char.IsAsciiLetterOrDigit(name[0]) && char.IsAsciiLetterOrDigit(name[^1]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.');
}
