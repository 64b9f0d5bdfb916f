using FlyMQ.Broker.Dispatch;
using FlyMQ.Protocol;
using FlyMQ.Protocol.Messages.Security;

namespace FlyMQ.Broker.Apis.Security;

/// <summary>DescribeAcls: there is no authorizer yet, and that is what a client is told.</summary>
internal sealed class DescribeAclsHandler : IApiHandler<DescribeAclsRequest, DescribeAclsResponse>
{
    public ValueTask<DescribeAclsResponse> HandleAsync(DescribeAclsRequest request, RequestContext context)
        => ValueTask.FromResult(new DescribeAclsResponse { ErrorCode = ErrorCode.SecurityDisabled, ErrorMessage = "No Authorizer is configured on the broker" });
}
