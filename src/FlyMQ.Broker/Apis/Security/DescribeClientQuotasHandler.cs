using FlyMQ.Broker.Dispatch;
using FlyMQ.Protocol.Messages.Quotas;

namespace FlyMQ.Broker.Apis.Security;

/// <summary>DescribeClientQuotas (KIP-546): there are no quotas yet, so that nobody has any.</summary>
internal sealed class DescribeClientQuotasHandler : IApiHandler<DescribeClientQuotasRequest, DescribeClientQuotasResponse>
{
    public ValueTask<DescribeClientQuotasResponse> HandleAsync(DescribeClientQuotasRequest request, RequestContext context)
        => ValueTask.FromResult(new DescribeClientQuotasResponse { Entries = [] });
}
