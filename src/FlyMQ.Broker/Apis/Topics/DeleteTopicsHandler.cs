using FlyMQ.Broker.Dispatch;
using FlyMQ.Broker.Topics;
using FlyMQ.Metadata;
using FlyMQ.Metadata.Commands;
using FlyMQ.Protocol;
using FlyMQ.Protocol.Messages.Topics;
using DeletableTopicResult = FlyMQ.Protocol.Messages.Topics.DeleteTopicsResponse.DeletableTopicResult;

namespace FlyMQ.Broker.Apis.Topics;

/// <summary>DeleteTopics, by name, or since version 6 by id (KIP-516); answered once the partitions are gone from this node.</summary>
internal sealed class DeleteTopicsHandler(IMetadataQuorum metadata, ILocalPartitions local, TopicDefaults defaults, Func<Guid> newId)
    : IApiHandler<DeleteTopicsRequest, DeleteTopicsResponse>
{
    private const short TopicIdsSince = 6, DisabledSince = 3;

    public async ValueTask<DeleteTopicsResponse> HandleAsync(DeleteTopicsRequest request, RequestContext context)
    {
        var image = metadata.Image;
        List<(string? Name, Guid Id)> asked = context.Version >= TopicIdsSince
            ? [.. request.Topics.Select(t => (t.Name, t.TopicId))]
            : [.. request.TopicNames.Select(n => ((string?)n, Guid.Empty))];
        var response = new DeleteTopicsResponse();
        var wanted = new List<DeletableTopicResult>();
        var found = asked.Distinct().Select(a => (a.Name, a.Id, Topic: a.Name is not null ? image.TopicOrNull(a.Name) : image.TopicOrNull(a.Id))).ToList();
        // A request that deletes a topic twice says something else than it means, and what is deleted does not come back.
        var twice = asked.CountBy(a => a).Where(a => a.Value > 1).Select(a => a.Key).ToHashSet();
        var bothWays = found.Where(f => f.Topic is not null).CountBy(f => f.Topic!.Id).Where(t => t.Value > 1).Select(t => t.Key).ToHashSet();
        foreach (var (name, id, topic) in found)
        {
            var repeated = twice.Contains((name, id)) || (topic is not null && bothWays.Contains(topic.Id));
            var result = new DeletableTopicResult { Name = name ?? topic?.Name, TopicId = topic?.Id ?? id, ErrorCode = Problem(name, id, topic, repeated, context.Version) };
            response.Responses.Add(result);
            if (result.ErrorCode == ErrorCode.None)
            {
                wanted.Add(result);
            }
        }

        if (wanted.Count == 0)
        {
            return response;
        }

        var outcome = await metadata.ProposeAsync(new DeleteTopics(newId(), [.. wanted.Select(w => w.TopicId)]), context.Aborted).ConfigureAwait(false);
        for (var i = 0; i < wanted.Count; i++)
        {
            wanted[i].ErrorCode = outcome.IsOk ? outcome.Items[i].Error : outcome.Error;
            wanted[i].ErrorMessage = outcome.IsOk ? outcome.Items[i].Message : outcome.Message;
        }

        await local.WaitForAsync(metadata.Image.Version, context.Aborted).ConfigureAwait(false);
        return response;
    }

    private ErrorCode Problem(string? name, Guid id, TopicImage? topic, bool repeated, short version) => topic switch
    {
        _ when !defaults.AllowDelete => version >= DisabledSince ? ErrorCode.TopicDeletionDisabled : ErrorCode.InvalidRequest,
        // Exactly one of the two names a topic.
        _ when name is null == (id == Guid.Empty) || repeated => ErrorCode.InvalidRequest,
        null => name is null ? ErrorCode.UnknownTopicId : ErrorCode.UnknownTopicOrPartition,
        _ => ErrorCode.None,
    };
}
