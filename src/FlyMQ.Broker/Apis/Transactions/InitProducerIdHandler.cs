using FlyMQ.Broker.Dispatch;
using FlyMQ.Broker.Producers;
using FlyMQ.Protocol;
using FlyMQ.Protocol.Messages.Transactions;

namespace FlyMQ.Broker.Apis.Transactions;

/// <summary>
/// InitProducerId (KIP-98) for idempotent producers: always a new id with epoch 0, as in Kafka; without a transactional id an epoch is the client's own to raise
/// (KIP-360). A transactional id is answered with a fatal error, because there are no transactions yet.
/// </summary>
internal sealed class InitProducerIdHandler(ProducerIds ids) : IApiHandler<InitProducerIdRequest, InitProducerIdResponse>
{
    private const short NoProducer = -1;

    public async ValueTask<InitProducerIdResponse> HandleAsync(InitProducerIdRequest request, RequestContext context)
    {
        if (request.TransactionalId is not null)
        {
            return new InitProducerIdResponse { ErrorCode = ErrorCode.TransactionalIdAuthorizationFailed };
        }

        // One without the other names no producer.
        if (request.ProducerId == NoProducer != (request.ProducerEpoch == NoProducer))
        {
            return new InitProducerIdResponse { ErrorCode = ErrorCode.InvalidRequest };
        }

        var (error, id) = await ids.NextAsync(context.Aborted).ConfigureAwait(false);
        return new InitProducerIdResponse { ErrorCode = error, ProducerId = id, ProducerEpoch = 0 };
    }
}
