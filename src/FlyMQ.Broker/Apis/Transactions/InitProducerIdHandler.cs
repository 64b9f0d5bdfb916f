using FlyMQ.Broker.Dispatch;
using FlyMQ.Broker.Producers;
using FlyMQ.Protocol;
using FlyMQ.Protocol.Messages.Transactions;

namespace FlyMQ.Broker.Apis.Transactions;

/// <summary>
/// InitProducerId (KIP-98) for idempotent producers: a new id with epoch 0, or the next epoch of one that is told (KIP-360). A transactional id is answered
/// with a fatal error, because there are no transactions yet.
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

        if (request.ProducerId >= 0 && request.ProducerEpoch is >= 0 and < short.MaxValue)
        {
            return new InitProducerIdResponse { ProducerId = request.ProducerId, ProducerEpoch = (short)(request.ProducerEpoch + 1) };
        }

        var (error, id) = await ids.NextAsync(context.Aborted).ConfigureAwait(false);
        return new InitProducerIdResponse { ErrorCode = error, ProducerId = id, ProducerEpoch = 0 };
    }
}
