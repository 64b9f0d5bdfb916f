using System.Buffers;
using FlyMQ.Broker.Dispatch;
using FlyMQ.Broker.Tracing;
using FlyMQ.Metadata;
using FlyMQ.Partitions;
using FlyMQ.Protocol;
using FlyMQ.Protocol.Messages;
using FlyMQ.Protocol.Messages.Data;
using FlyMQ.Records;
using FlyMQ.Storage;
using PartitionProduceResponse = FlyMQ.Protocol.Messages.Data.ProduceResponse.PartitionProduceResponse;

namespace FlyMQ.Broker.Apis.Data;

/// <summary>
/// Produce: one v2 batch per partition, appended in the connection's order, answered when its acks say so. acks=0 gets no answer and its errors close the
/// connection; errors of single records (KIP-467), zstd from version 7 on (KIP-110), topics by id from 13 on (KIP-516).
/// </summary>
internal sealed class ProduceHandler(PartitionSet partitions, IMetadataQuorum metadata, ILogStore logs, TimeProvider time, RequestTracing? tracing)
    : IPipelinedApiHandler<ProduceRequest, ProduceResponse>
{
    private const short TopicIdsSince = 13, ZstdSince = 7, FirstOfBatches = 3;

    public async ValueTask<StartedRequest> StartAsync(ProduceRequest request, RequestContext context)
    {
        // Back-pressure: while the tails are full nothing more is read from this connection.
        var room = logs.WaitForRoomAsync(context.Aborted);
        if (!room.IsCompletedSuccessfully)
        {
            var began = time.GetTimestamp();
            await room.ConfigureAwait(false);
            context.Times.Add(RequestStage.BackPressure, time.GetElapsedTime(began));
        }

        var response = new ProduceResponse { Responses = new List<ProduceResponse.TopicProduceResponse>(request.TopicData.Count) };
        List<Wait>? waits = null;
        foreach (var topic in request.TopicData)
        {
            var answer = new ProduceResponse.TopicProduceResponse
            {
                Name = topic.Name, TopicId = topic.TopicId, PartitionResponses = new List<PartitionProduceResponse>(topic.PartitionData.Count),
            };
            response.Responses.Add(answer);
            foreach (var data in topic.PartitionData)
            {
                var trace = tracing?.Produce(data.Records ?? ReadOnlySequence<byte>.Empty, context);
                trace?.At(topic.Name, data.Index);
                var appended = Append(request, topic, data, context, trace, ref waits);
                trace?.Error = appended.ErrorCode;
                answer.PartitionResponses.Add(appended);
            }
        }

        if (request.Acks == 0)
        {
            if (FirstError(response) is not { } error)
            {
                return new StartedRequest(ValueTask.FromResult<IResponseMessage?>(null));
            }

            context.EndTrace();
            throw new CloseConnectionException($"A produce with acks=0 failed with {error}; closing the connection is how its client learns of it.");
        }

        return new StartedRequest(waits is null ? ValueTask.FromResult<IResponseMessage?>(response) : AwaitAsync(response, waits, request.TimeoutMs, context));
    }

    private PartitionProduceResponse Append(
        ProduceRequest request, ProduceRequest.TopicProduceData topic, ProduceRequest.PartitionProduceData data, RequestContext context, ProduceTrace? trace,
        ref List<Wait>? waits)
    {
        var version = context.Version;
        if (request.TransactionalId is not null)
        {
            return Failed(data.Index, ErrorCode.TransactionalIdAuthorizationFailed, "FlyMQ has no transactions yet.");
        }

        if (version < FirstOfBatches)
        {
            return Failed(data.Index, ErrorCode.UnsupportedForMessageFormat, "Message formats v0 and v1 are not there yet.");
        }

        var partition = version >= TopicIdsSince
            ? partitions.Find(new TopicIdPartition(topic.TopicId, data.Index))
            : partitions.Find(topic.Name, data.Index);
        if (partition is null)
        {
            return Failed(data.Index, version >= TopicIdsSince && metadata.Image.TopicOrNull(topic.TopicId) is null ? ErrorCode.UnknownTopicId : ErrorCode.UnknownTopicOrPartition, null);
        }

        if (metadata.Image.TopicOrNull(partition.Id.TopicId) is { IsInternal: true })
        {
            return Failed(data.Index, ErrorCode.InvalidTopicException, $"{partition.Topic} is the broker's own.");
        }

        context.Topic ??= partition.Topic;
        trace?.Appending(partition);
        var outcome = partition.Append(data.Records ?? ReadOnlySequence<byte>.Empty, new AppendOptions(request.Acks, version >= ZstdSince));
        trace?.Appended(outcome);
        var answer = new PartitionProduceResponse
        {
            Index = data.Index,
            ErrorCode = outcome.Error,
            ErrorMessage = outcome.Message,
            BaseOffset = outcome.BaseOffset.Value,
            LogAppendTimeMs = outcome.LogAppendTimeMs,
            LogStartOffset = outcome.LogStartOffset.Value,
            RecordErrors = outcome.RecordErrors is null
                ? []
                : [.. outcome.RecordErrors.Select(e => new ProduceResponse.BatchIndexAndErrorMessage { BatchIndex = e.Index, BatchIndexErrorMessage = e.Message })],
        };
        if (outcome.Error != ErrorCode.None)
        {
            return answer;
        }

        context.Latency.Add(partition.Traffic.ProduceLatency);
        if (request.Acks == -1 && partition.View.HighWatermark < outcome.Required)
        {
            (waits ??= []).Add(new Wait(partition, outcome.Required, answer, trace));
        }

        return answer;
    }

    // All waits share the request's timeout: they began together, and each one's wait is part of the others'.
    private async ValueTask<IResponseMessage?> AwaitAsync(ProduceResponse response, List<Wait> waits, int timeoutMs, RequestContext context)
    {
        foreach (var (partition, required, answer, trace) in waits)
        {
            var error = await partition.WaitForAsync(required, Math.Max(0, timeoutMs), context.Aborted).ConfigureAwait(false);
            trace?.Waited();
            if (error != ErrorCode.None)
            {
                trace?.Error = error;
                answer.ErrorCode = error;
                answer.BaseOffset = -1;
                answer.LogAppendTimeMs = -1;
            }
        }

        context.Times.ReadyAt = time.GetTimestamp();
        return response;
    }

    private static PartitionProduceResponse Failed(int index, ErrorCode error, string? message)
        => new() { Index = index, ErrorCode = error, ErrorMessage = message, BaseOffset = -1 };

    private static string? FirstError(ProduceResponse response)
    {
        foreach (var topic in response.Responses)
        {
            foreach (var partition in topic.PartitionResponses)
            {
                if (partition.ErrorCode != ErrorCode.None)
                {
                    return partition.ErrorCode.KafkaName();
                }
            }
        }

        return null;
    }

    private readonly record struct Wait(Partition Partition, Offset Required, PartitionProduceResponse Answer, ProduceTrace? Trace);
}
