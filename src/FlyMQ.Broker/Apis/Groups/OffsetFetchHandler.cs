using FlyMQ.Broker.Coordinators;
using FlyMQ.Broker.Dispatch;
using FlyMQ.Coordination;
using FlyMQ.Metadata;
using FlyMQ.Protocol;
using FlyMQ.Protocol.Messages.Coordinator;
using FlyMQ.Protocol.Messages.Groups;

namespace FlyMQ.Broker.Apis.Groups;

/// <summary>OffsetFetch: how far groups have read, several groups since version 8 (KIP-709), topics by id since 10; null topics are all that a group has.</summary>
internal sealed class OffsetFetchHandler(GroupCoordinator groups, IMetadataQuorum metadata) : IApiHandler<OffsetFetchRequest, OffsetFetchResponse>
{
    private const short SeveralGroupsSince = 8, TopicIdsSince = 10, GroupErrorSince = 2;
    private static readonly OffsetCommitValue None = new() { Offset = -1, LeaderEpoch = -1, Metadata = "" };

    public async ValueTask<OffsetFetchResponse> HandleAsync(OffsetFetchRequest request, RequestContext context)
    {
        if (context.Version < SeveralGroupsSince)
        {
            return await OneAsync(request, context).ConfigureAwait(false);
        }

        var response = new OffsetFetchResponse();
        foreach (var asked in request.Groups)
        {
            response.Groups.Add(await FetchAsync(asked, context).ConfigureAwait(false));
        }

        return response;
    }

    private async ValueTask<OffsetFetchResponse> OneAsync(OffsetFetchRequest request, RequestContext context)
    {
        var group = new OffsetFetchRequest.OffsetFetchRequestGroup
        {
            GroupId = request.GroupId,
            Topics = request.Topics is null
                ? null
                : [.. request.Topics.Select(t => new OffsetFetchRequest.OffsetFetchRequestTopics { Name = t.Name, PartitionIndexes = t.PartitionIndexes })],
        };
        var fetched = await FetchAsync(group, context).ConfigureAwait(false);
        if (fetched.ErrorCode != ErrorCode.None && context.Version < GroupErrorSince)
        {
            // Version 0 and 1 have no place for an error of the group.
            fetched.Topics =
            [
                .. (request.Topics ?? []).Select(t => new OffsetFetchResponse.OffsetFetchResponseTopics
                {
                    Name = t.Name, Partitions = [.. t.PartitionIndexes.Select(p => Partition(p, None, fetched.ErrorCode))],
                }),
            ];
        }

        return new OffsetFetchResponse
        {
            ErrorCode = fetched.ErrorCode,
            Topics =
            [
                .. fetched.Topics.Select(t => new OffsetFetchResponse.OffsetFetchResponseTopic
                {
                    Name = t.Name,
                    Partitions =
                    [
                        .. t.Partitions.Select(p => new OffsetFetchResponse.OffsetFetchResponsePartition
                        {
                            PartitionIndex = p.PartitionIndex, CommittedOffset = p.CommittedOffset, CommittedLeaderEpoch = p.CommittedLeaderEpoch, Metadata = p.Metadata, ErrorCode = p.ErrorCode,
                        }),
                    ],
                }),
            ],
        };
    }

    private ValueTask<OffsetFetchResponse.OffsetFetchResponseGroup> FetchAsync(OffsetFetchRequest.OffsetFetchRequestGroup asked, RequestContext context)
        => groups.AskAsync(
            asked.GroupId,
            (shard, _, _) => new OffsetFetchResponse.OffsetFetchResponseGroup
            {
                GroupId = asked.GroupId,
                Topics = asked.Topics is null ? All(shard, asked.GroupId) : [.. asked.Topics.Select(t => Topic(shard, asked.GroupId, t, context.Version))],
            },
            error => new OffsetFetchResponse.OffsetFetchResponseGroup { GroupId = asked.GroupId, ErrorCode = error },
            context.Aborted);

    private List<OffsetFetchResponse.OffsetFetchResponseTopics> All(GroupShard shard, string groupId) =>
    [
        .. from offset in shard.CommittedOffsets(groupId)
           group offset by offset.Topic into topic
           select new OffsetFetchResponse.OffsetFetchResponseTopics
           {
               Name = topic.Key,
               TopicId = metadata.Image.TopicOrNull(topic.Key)?.Id ?? Guid.Empty,
               Partitions = [.. topic.Select(o => Partition(o.Partition, o.Value, ErrorCode.None))],
           },
    ];

    private OffsetFetchResponse.OffsetFetchResponseTopics Topic(GroupShard shard, string groupId, OffsetFetchRequest.OffsetFetchRequestTopics asked, short version)
    {
        var name = version >= TopicIdsSince ? metadata.Image.TopicOrNull(asked.TopicId)?.Name : asked.Name;
        return new OffsetFetchResponse.OffsetFetchResponseTopics
        {
            Name = asked.Name,
            TopicId = asked.TopicId,
            Partitions =
            [
                .. asked.PartitionIndexes.Select(p => name is null
                    ? Partition(p, None, ErrorCode.UnknownTopicId)
                    : Partition(p, shard.CommittedOffset(groupId, name, p) ?? None, ErrorCode.None)),
            ],
        };
    }

    private static OffsetFetchResponse.OffsetFetchResponsePartitions Partition(int index, OffsetCommitValue value, ErrorCode error) => new()
    {
        PartitionIndex = index, CommittedOffset = value.Offset, CommittedLeaderEpoch = value.LeaderEpoch, Metadata = value.Metadata, ErrorCode = error,
    };
}
