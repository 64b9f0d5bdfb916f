using FlyMQ.Broker.Dispatch;
using FlyMQ.Partitions;
using FlyMQ.Protocol;
using FlyMQ.Protocol.Messages.Data;
using FlyMQ.Records;

namespace FlyMQ.Broker.Apis.Data;

/// <summary>
/// ListOffsets: earliest, latest, by time, by greatest timestamp (KIP-734), the local and tiered marks (KIP-405, KIP-1005), which without tiers are the
/// log's own or nothing. Version 0 answers with a list.
/// </summary>
internal sealed class ListOffsetsHandler(PartitionSet partitions) : IApiHandler<ListOffsetsRequest, ListOffsetsResponse>
{
    public async ValueTask<ListOffsetsResponse> HandleAsync(ListOffsetsRequest request, RequestContext context)
    {
        // By time means looking into files.
        if (request.Topics.Exists(t => t.Partitions.Exists(p => p.Timestamp is >= 0 or -3)))
        {
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        }

        var twice = request.Topics.SelectMany(t => t.Partitions.Select(p => (t.Name, p.PartitionIndex))).CountBy(p => p).Where(p => p.Value > 1).Select(p => p.Key).ToHashSet();
        return new ListOffsetsResponse
        {
            Topics =
            [
                .. request.Topics.Select(topic => new ListOffsetsResponse.ListOffsetsTopicResponse
                {
                    Name = topic.Name,
                    Partitions = [.. topic.Partitions.Select(p => Answer(topic.Name, p, request.IsolationLevel == 1, context.Version, twice))],
                }),
            ],
        };
    }

    private ListOffsetsResponse.ListOffsetsPartitionResponse Answer(
        string topic, ListOffsetsRequest.ListOffsetsPartition asked, bool readCommitted, short version, HashSet<(string, int)> twice)
    {
        var answer = new ListOffsetsResponse.ListOffsetsPartitionResponse { PartitionIndex = asked.PartitionIndex };
        if (twice.Contains((topic, asked.PartitionIndex)))
        {
            answer.ErrorCode = ErrorCode.InvalidRequest;
            return answer;
        }

        if (version < FirstVersionOf(asked.Timestamp))
        {
            answer.ErrorCode = ErrorCode.UnsupportedVersion;
            return answer;
        }

        if (partitions.Find(topic, asked.PartitionIndex) is not { } partition)
        {
            answer.ErrorCode = ErrorCode.UnknownTopicOrPartition;
            return answer;
        }

        var lookup = partition.ListOffset(asked.Timestamp, readCommitted, new LeaderEpoch(asked.CurrentLeaderEpoch));
        answer.ErrorCode = lookup.Error;
        answer.Timestamp = lookup.TimestampMs;
        answer.Offset = lookup.Offset.Value;
        answer.LeaderEpoch = lookup.LeaderEpoch.Value;
        if (version == 0 && lookup.Error == ErrorCode.None && lookup.Offset.Value >= 0)
        {
            // KIP-79 came with version 1; before it offsets were of segments. Ours are the ends of the log.
            var start = partition.View.LogStartOffset.Value;
            answer.OldStyleOffsets = asked.MaxNumOffsets <= 0 ? [] : asked.MaxNumOffsets == 1 || lookup.Offset.Value == start ? [lookup.Offset.Value] : [lookup.Offset.Value, start];
        }

        return answer;
    }

    // KIP-734, KIP-405, KIP-1005, KIP-1023: before, the number had no meaning, and Kafka's brokers say so.
    private static short FirstVersionOf(long timestamp) => timestamp switch
    {
        -3 => 7,
        -4 => 8,
        -5 => 9,
        -6 => 11,
        _ => 0,
    };
}
