using FlyMQ.Broker.Coordinators;
using FlyMQ.Broker.Dispatch;
using FlyMQ.Broker.Fetching;
using FlyMQ.Broker.Tracing;
using FlyMQ.Metadata;
using FlyMQ.Partitions;
using FlyMQ.Protocol;
using FlyMQ.Protocol.Messages.Data;
using FlyMQ.Records;
using PartitionData = FlyMQ.Protocol.Messages.Data.FetchResponse.PartitionData;

namespace FlyMQ.Broker.Apis.Data;

/// <summary>
/// Fetch: partitions are served in the order asked for, the first batch whole (KIP-74), with sessions (KIP-227), leader epochs (KIP-320, KIP-595) and
/// topic ids (KIP-516). Waits until there are min bytes, or for max wait.
/// </summary>
internal sealed class FetchHandler(
    PartitionSet partitions, IMetadataQuorum metadata, FetchSessions sessions, IConsumptionAttribution attribution, FetchLimits limits, TimeProvider time,
    RequestTracing? tracing)
    : IApiHandler<FetchRequest, FetchResponse>
{
    private readonly IConsumptionAttribution attribution = attribution;
    private readonly FetchLimits limits = limits;
    private readonly TimeProvider time = time;

    private const short BatchesSince = 4, TopicIdsSince = 13;

    public async ValueTask<FetchResponse> HandleAsync(FetchRequest request, RequestContext context)
    {
        var byId = context.Version >= TopicIdsSince;
        var fetch = sessions.Enter(request, byId);
        if (fetch.Error != ErrorCode.None)
        {
            return new FetchResponse { ErrorCode = fetch.Error };
        }

        var round = new FetchRound(this, request, fetch, context, tracing?.Fetch(context, fetch.Partitions.Count));
        try
        {
            if (round.ReadsFiles())
            {
                // Finding and copying batches in files may wait for a disk, which the connection's thread must not.
                await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            }

            round.ReadAll();
            if (!round.IsEnough && request.MaxWaitMs > 0)
            {
                await round.WaitForMoreAsync(TimeSpan.FromMilliseconds(request.MaxWaitMs)).ConfigureAwait(false);
            }

            return round.Answer();
        }
        catch
        {
            round.Abandon();
            throw;
        }
    }

    private ErrorCode Find(FetchKey key, bool byId, out Partition? partition)
    {
        partition = byId ? partitions.Find(new TopicIdPartition(key.TopicId, key.Partition)) : partitions.Find(key.Topic, key.Partition);
        return partition is not null ? ErrorCode.None
            : byId && metadata.Image.TopicOrNull(key.TopicId) is null ? ErrorCode.UnknownTopicId
            : ErrorCode.UnknownTopicOrPartition;
    }

    /// <summary>One request's work: what each partition answers, and the bytes that are left.</summary>
    private sealed class FetchRound(FetchHandler handler, FetchRequest request, FetchContext fetch, RequestContext context, FetchTrace? trace)
    {
        private readonly Slot[] _slots = new Slot[fetch.Partitions.Count];
        private readonly int _maxBytes = Math.Min(request.MaxBytes, handler.limits.MaxBytes);
        private int _bytes;
        private bool _failed;

        public bool IsEnough => _bytes >= request.MinBytes || _failed || fetch.Partitions.Count == 0;

        public bool ReadsFiles()
        {
            for (var i = 0; i < _slots.Length; i++)
            {
                var (key, asked) = fetch.Partitions[i];
                handler.Find(key, context.Version >= TopicIdsSince, out var partition);
                if (partition is not null && asked.FetchOffset < partition.Log.TailStartOffset.Value && asked.FetchOffset < partition.View.HighWatermark.Value)
                {
                    return true;
                }
            }

            return false;
        }

        public void ReadAll()
        {
            for (var i = 0; i < _slots.Length; i++)
            {
                Read(i);
            }
        }

        public async ValueTask WaitForMoreAsync(TimeSpan maxWait)
        {
            using var waiter = new FetchWaiter();
            var began = handler.time.GetTimestamp();
            for (var i = 0; i < _slots.Length; i++)
            {
                if (_slots[i].Partition is { } partition)
                {
                    waiter.Watch(partition, i);
                }
            }

            // Something may have moved between the reading and the watching.
            for (var i = 0; i < _slots.Length; i++)
            {
                if (_slots[i].Partition is { } partition && partition.View.HighWatermark.Value > _slots[i].Answer.HighWatermark)
                {
                    Read(i);
                }
            }

            while (!IsEnough)
            {
                var left = maxWait - handler.time.GetElapsedTime(began);
                if (left <= TimeSpan.Zero)
                {
                    return;
                }

                var waitBegan = handler.time.GetTimestamp();
                var moved = await waiter.NextAsync(left, handler.time, context.Aborted).ConfigureAwait(false);
                context.Times.Add(RequestStage.Purgatory, handler.time.GetElapsedTime(waitBegan));
                if (moved.Count == 0)
                {
                    return;
                }

                foreach (var index in moved)
                {
                    Read(index);
                }
            }
        }

        public FetchResponse Answer()
        {
            var response = new FetchResponse { SessionId = fetch.Session?.Id ?? 0 };
            FetchResponse.FetchableTopicResponse? topic = null;
            for (var i = 0; i < _slots.Length; i++)
            {
                var (key, asked) = fetch.Partitions[i];
                var answer = _slots[i].Answer;
                if (!IsTold(key, answer))
                {
                    answer.Records?.Dispose();
                    continue;
                }

                Count(_slots[i], asked.FetchOffset, out var group);
                Trace(i, key, asked.FetchOffset, group);

                if (topic is null || topic.Topic != key.Topic || topic.TopicId != key.TopicId)
                {
                    topic = new FetchResponse.FetchableTopicResponse { Topic = key.Topic, TopicId = key.TopicId };
                    response.Responses.Add(topic);
                }

                topic.Partitions.Add(answer);
            }

            return response;
        }

        public void Abandon()
        {
            foreach (var slot in _slots)
            {
                slot.Answer?.Records?.Dispose();
            }
        }

        // Once, when the answer is made: what was read and then read again was given to nobody. A client that asks twice is given the records twice.
        private void Count(in Slot slot, long fetchOffset, out string? group)
        {
            group = null;
            // What another broker fetches to keep a replica is no consumption.
            var isReplica = request.ReplicaId >= 0 || request.ReplicaState is { ReplicaId: >= 0 };
            if (isReplica || slot is not { Partition: { } partition, Answer.Records: { Length: > 0 } records })
            {
                return;
            }

            // Offsets are dense in a log that has neither control batches nor compaction, so they are as good as the headers' counts, and the batch
            // that holds the fetch offset begins before it. With either of the two the headers have to be walked instead.
            var whose = handler.attribution.Of(partition.Topic, partition.Id.Partition, context.ClientId, context.Client.Host);
            group = whose.Group;
            var consumed = partition.Traffic.ConsumedBy(whose.Group);
            consumed.Fetched(slot.Next.Value - fetchOffset, records.Length);
            if (whose.Group is null)
            {
                partition.Traffic.CountUnattributed(whose.Reason, slot.Next.Value - fetchOffset);
            }

            context.Latency.Add(consumed.Latency);
        }

        private void Trace(int index, FetchKey key, long fetchOffset, string? group)
        {
            if (trace is null)
            {
                return;
            }

            ref readonly var slot = ref _slots[index];
            var topic = slot.Partition?.Topic ?? key.Topic;
            if (slot.Answer.ErrorCode != ErrorCode.None)
            {
                trace.Failed(index, topic, key.Partition, fetchOffset, slot.Answer.ErrorCode);
            }
            else if (slot.Answer.Records is { Length: > 0 } records)
            {
                trace.Delivered(index, topic, key.Partition, fetchOffset, records.Length, (int)(slot.Next.Value - fetchOffset), group);
            }
        }

        private bool IsTold(FetchKey key, PartitionData answer)
        {
            if (fetch.Session is not { } session)
            {
                return true;
            }

            lock (session.Lock)
            {
                var news = session.Find(key)?.IsNews(answer) ?? true;
                if (answer.Records is { Length: > 0 })
                {
                    session.MoveToEnd(key);
                }

                return news || !fetch.IsIncremental;
            }
        }

        private void Read(int index)
        {
            var (key, asked) = fetch.Partitions[index];
            ref var slot = ref _slots[index];
            if (slot.Answer is { } before)
            {
                _bytes -= before.Records?.Length ?? 0;
                before.Records?.Dispose();
                before.Records = null;
            }

            var answer = new PartitionData { PartitionIndex = key.Partition, HighWatermark = -1, Records = SourceOf(null) };
            slot.Answer = answer;
            answer.ErrorCode = context.Version < BatchesSince
                ? ErrorCode.UnsupportedForMessageFormat
                : handler.Find(key, context.Version >= TopicIdsSince, out slot.Partition);
            if (answer.ErrorCode != ErrorCode.None || slot.Partition is not { } partition)
            {
                _failed = true;
                return;
            }

            trace?.Reading(index);
            var read = partition.Read(new PartitionReadRequest(
                new Offset(asked.FetchOffset),
                Math.Max(0, Math.Min(asked.PartitionMaxBytes, _maxBytes - _bytes)),
                AtLeastOneBatch: _bytes == 0,
                ReadCommitted: request.IsolationLevel == 1,
                new LeaderEpoch(asked.CurrentLeaderEpoch),
                new LeaderEpoch(asked.LastFetchedEpoch)));
            trace?.Read(index);
            context.Topic ??= partition.Topic;
            slot.Next = read.NextOffset;
            Fill(answer, read);
            _bytes += read.Records?.Length ?? 0;
            _failed |= read.Error != ErrorCode.None || read.Diverging is not null;
        }

        private static void Fill(PartitionData answer, in PartitionRead read)
        {
            answer.ErrorCode = read.Error;
            answer.Records = SourceOf(read.Records);
            if (read.Error != ErrorCode.None)
            {
                return;
            }

            answer.HighWatermark = read.HighWatermark.Value;
            answer.LastStableOffset = read.LastStableOffset.Value;
            answer.LogStartOffset = read.LogStartOffset.Value;
            answer.DivergingEpoch = read.Diverging is { } diverging
                ? new FetchResponse.EpochEndOffset { Epoch = diverging.Epoch.Value, EndOffset = diverging.EndOffset.Value }
                : null;
            answer.AbortedTransactions =
            [
                .. read.Aborted.Select(a => new FetchResponse.AbortedTransaction { ProducerId = a.ProducerId, FirstOffset = a.FirstOffset.Value }),
            ];
        }

        // Old clients do not take null for "nothing".
        private static IRecordsSource SourceOf(IRecordsSource? records) => records ?? Protocol.Messages.SequenceRecordsSource.Empty;

        /// <summary>One partition of the fetch: where it is, what it answers, and the offset after the last record of the answer.</summary>
        private record struct Slot
        {
            public Partition? Partition;
            public PartitionData Answer;
            public Offset Next;
        }
    }
}

/// <summary>What consumers may ask for (configuration section <c>fetch</c>).</summary>
public sealed record FetchLimits
{
    public int MaxBytes { get; init; } = 57_671_680;

    public int MaxSessions { get; init; } = 1000;
}
