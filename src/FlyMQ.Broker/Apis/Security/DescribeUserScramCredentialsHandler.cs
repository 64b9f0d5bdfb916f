using FlyMQ.Broker.Dispatch;
using FlyMQ.Protocol;
using FlyMQ.Protocol.Messages.Security;

namespace FlyMQ.Broker.Apis.Security;

/// <summary>DescribeUserScramCredentials (KIP-554): there are no users yet, so that nobody has any.</summary>
internal sealed class DescribeUserScramCredentialsHandler : IApiHandler<DescribeUserScramCredentialsRequest, DescribeUserScramCredentialsResponse>
{
    public ValueTask<DescribeUserScramCredentialsResponse> HandleAsync(DescribeUserScramCredentialsRequest request, RequestContext context) => ValueTask.FromResult(
        new DescribeUserScramCredentialsResponse
        {
            Results =
            [
                .. (request.Users ?? []).Select(u => new DescribeUserScramCredentialsResponse.DescribeUserScramCredentialsResult
                {
                    User = u.Name, ErrorCode = ErrorCode.ResourceNotFound, ErrorMessage = $"Attempt to describe a user credential that does not exist: {u.Name}",
                }),
            ],
        });
}
