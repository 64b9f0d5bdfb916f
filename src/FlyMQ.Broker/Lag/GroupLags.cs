using System.Runtime.InteropServices;
using FlyMQ.Coordination;
using FlyMQ.Metadata;
using FlyMQ.Partitions;
using FlyMQ.Records;
using FlyMQ.Storage;
using Microsoft.Extensions.Logging;

namespace FlyMQ.Broker.Lag;

/// <summary>
/// How far groups are behind, in records and in time. The time is that of the batch which holds the first record that is not committed; which batch that is stays
/// known until the group has committed behind it, so that asking again costs nothing. What is in memory is looked up at once; what is in files is looked up by one
/// task in the background, for which nobody waits long: until it is there, the answer of before holds.
/// </summary>
/// <remarks>
/// Below the high watermark nothing is ever rewritten, so an answer never becomes wrong; it is kept for as long as the group is behind there, the group, the topic's id
/// and the partition live. The lock is held for work in memory.
/// </remarks>
internal sealed class GroupLags : IAsyncDisposable
{
    /// <summary>How long it is waited for files. From the page cache thousands of look-ups are done in that time.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(50);

    private readonly PartitionSet _partitions;
    private readonly TimeProvider _time;
    private readonly Func<IPartitionLog, Offset, BatchPlace?> _readFiles;
    private readonly LagEvents _events;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Dictionary<TopicIdPartition, Position>> _positions = new(StringComparer.Ordinal);
    private long _round;
    private Task _reading = Task.CompletedTask;
    private volatile bool _stopping;

    /// <param name="partitions">What is read.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">For what there is to tell.</param>
    /// <param name="readFiles">Looks into files; by default those of the log.</param>
    public GroupLags(PartitionSet partitions, TimeProvider time, ILogger logger, Func<IPartitionLog, Offset, BatchPlace?>? readFiles = null)
    {
        _partitions = partitions;
        _time = time;
        _events = new LagEvents(logger);
        _readFiles = readFiles ?? (static (log, offset) => log.Locate(offset, mayReadFiles: true));
    }

    /// <summary>Answers that are kept.</summary>
    public int Known
    {
        get
        {
            lock (_gate)
            {
                return _positions.Values.Sum(p => p.Count);
            }
        }
    }

    /// <param name="groups">All of them: what is known of others is forgotten.</param>
    /// <param name="image">Says which topics there are.</param>
    /// <param name="cancellation">Abandons the wait for files.</param>
    public async ValueTask<LagSnapshot> TakeAsync(IReadOnlyList<GroupFigures> groups, ClusterImage image, CancellationToken cancellation)
    {
        var (behind, reading) = Look(groups, image);
        if (!reading.IsCompleted)
        {
            await Task.WhenAny(reading, Task.Delay(Patience, _time, cancellation)).ConfigureAwait(false);
            cancellation.ThrowIfCancellationRequested();
        }

        return Tell(groups, behind, image);
    }

    public async ValueTask DisposeAsync()
    {
        Task reading;
        lock (_gate)
        {
            _stopping = true;
            reading = _reading;
        }

        await reading.ConfigureAwait(false);
    }

    private (List<List<Behind>> Behind, Task Reading) Look(IReadOnlyList<GroupFigures> groups, ClusterImage image)
    {
        var all = new List<List<Behind>>(groups.Count);
        List<Position> unknown = [];
        lock (_gate)
        {
            _round++;
            foreach (var group in groups)
            {
                var behind = new List<Behind>(group.Committed.Count);
                foreach (var committed in group.Committed)
                {
                    if (Find(committed, image) is { } partition)
                    {
                        behind.Add(Look(group.GroupId, partition, committed.Offset, unknown));
                    }
                }

                all.Add(behind);
            }

            ForgetOthers();
            if (unknown.Count > 0 && _reading.IsCompleted && !_stopping)
            {
                _reading = Task.Run(() => Read(unknown));
            }

            return (all, unknown.Count > 0 ? _reading : Task.CompletedTask);
        }
    }

    // Under the lock.
    private Behind Look(string group, Partition partition, long committed, List<Position> unknown)
    {
        var view = partition.View;
        var records = Math.Clamp(view.HighWatermark.Value - committed, 0, view.HighWatermark - view.LogStartOffset);
        if (records == 0)
        {
            return new Behind(partition, 0, default, null);
        }

        // Who committed below the log's start reads on with what is left.
        var next = Offset.Max(new Offset(committed), view.LogStartOffset);
        ref var ofGroup = ref CollectionsMarshal.GetValueRefOrAddDefault(_positions, group, out _);
        ref var position = ref CollectionsMarshal.GetValueRefOrAddDefault(ofGroup ??= [], partition.Id, out _);
        position ??= new Position();
        position.Round = _round;
        position.Log = partition.Log;
        position.Next = next.Value;
        if (position.Place?.Holds(next) != true)
        {
            if (partition.Log.Locate(next, mayReadFiles: false) is { } place)
            {
                position.Place = place;
            }
            else
            {
                unknown.Add(position);
            }
        }

        return new Behind(partition, records, next, position);
    }

    // Under the lock. Who caught up is among them: what is behind next is another batch.
    private void ForgetOthers()
    {
        foreach (var (group, positions) in _positions)
        {
            foreach (var (id, position) in positions)
            {
                if (position.Round != _round)
                {
                    positions.Remove(id);
                }
            }

            if (positions.Count == 0)
            {
                _positions.Remove(group);
            }
        }
    }

    // An offset of a topic that is gone does not count against its successor of the same name.
    private Partition? Find(in CommittedFigure committed, ClusterImage image) =>
        image.TopicOrNull(committed.Topic) is { } topic && (committed.TopicId == Guid.Empty || committed.TopicId == topic.Id)
            ? _partitions.Find(new TopicIdPartition(topic.Id, committed.Partition))
            : null;

    private void Read(List<Position> unknown)
    {
        foreach (var position in unknown)
        {
            if (_stopping)
            {
                return;
            }

            try
            {
                if (_readFiles(position.Log, new Offset(position.Next)) is { } place)
                {
                    position.Place = place;
                }
            }
            catch (Exception error)
            {
                // One log that cannot be read must not keep the others from being looked at. It is tried again with every scrape, and told once.
                if (!position.IsTold)
                {
                    position.IsTold = true;
                    _events.CannotLocate(error, position.Log.Topic, position.Log.Id.Partition, position.Next);
                }
            }
        }
    }

    private LagSnapshot Tell(IReadOnlyList<GroupFigures> groups, List<List<Behind>> behind, ClusterImage image)
    {
        var nowMs = _time.GetUtcNow().ToUnixTimeMilliseconds();
        var pending = 0;
        var lags = new List<GroupLag>(groups.Count);
        for (var i = 0; i < groups.Count; i++)
        {
            var partitions = new List<PartitionLag>(behind[i].Count);
            foreach (var (partition, records, next, position) in behind[i])
            {
                if (position is null)
                {
                    partitions.Add(new PartitionLag(partition, 0, 0, null));
                    continue;
                }

                var place = position.Place;
                pending += place?.Holds(next) == true ? 0 : 1;
                // The answer of before is of an older record, so that it tells rather too much. Of a group that went back it would tell too little.
                place = place?.BaseOffset <= next ? place : null;
                partitions.Add(new PartitionLag(
                    partition,
                    records,
                    place?.TimestampMs >= 0 ? Math.Max(0, nowMs - place.TimestampMs) / 1000.0 : null,
                    place is null ? null : partition.Log.RetentionHeadroomSeconds(next, place)));
            }

            lags.Add(new GroupLag(groups[i], partitions, groups[i].Uncommitted.Count(u => image.TopicOrNull(u.Topic)?.PartitionOrNull(u.Partition) is not null)));
        }

        return new LagSnapshot(lags, pending);
    }

    private readonly record struct Behind(Partition Partition, long Records, Offset Next, Position? Position);

    /// <summary>Where a group is in a partition that it is behind in. Written under the lock, but for the place, which the reader of files writes as well.</summary>
    private sealed class Position
    {
        private volatile BatchPlace? _place;
        private long _next;

        public long Round { get; set; }

        /// <summary>That it cannot be looked up. Of the task that reads.</summary>
        public bool IsTold { get; set; }

        public IPartitionLog Log { get; set; } = null!;

        public long Next
        {
            get => Volatile.Read(ref _next);
            set => Volatile.Write(ref _next, value);
        }

        public BatchPlace? Place
        {
            get => _place;
            set => _place = value;
        }
    }
}
