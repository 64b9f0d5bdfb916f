using FlyMQ.Protocol;
using FlyMQ.Records;
using FlyMQ.Storage;

namespace FlyMQ.Partitions.Reading;

/// <summary>Answers questions about a log as one <see cref="ReadView"/> allows. No state, no lock: any number of readers run beside the writer.</summary>
internal sealed class LogReader(IPartitionLog log)
{
    // ListOffsets' times that are no times (KIP-79, KIP-405, KIP-734, KIP-1005, KIP-1023).
    private const long Latest = -1, Earliest = -2, MaxTimestamp = -3, EarliestLocal = -4, LatestTiered = -5, EarliestPendingUpload = -6;
    private const long NoTimestamp = -1;
    private static readonly Offset NoOffset = new(-1);

    /// <summary>KIP-320: the epoch is judged before leadership, so that a reader learns which of the two sides is behind.</summary>
    public static ErrorCode CheckLeader(ReadView view, LeaderEpoch current) => view switch
    {
        _ when current.Value >= 0 && current < view.LeaderEpoch => ErrorCode.FencedLeaderEpoch,
        _ when current.Value >= 0 && current > view.LeaderEpoch => ErrorCode.UnknownLeaderEpoch,
        _ when !view.IsLeader => ErrorCode.NotLeaderOrFollower,
        _ => ErrorCode.None,
    };

    public PartitionRead Read(ReadView view, in PartitionReadRequest request)
    {
        var error = CheckLeader(view, request.CurrentLeaderEpoch);
        if (error != ErrorCode.None)
        {
            return new PartitionRead(error, NoOffset, NoOffset, NoOffset, null, null, [], false, NoOffset);
        }

        var nothing = new PartitionRead(
            ErrorCode.None, view.HighWatermark, view.LastStableOffset, view.LogStartOffset, null, null, [], false, NoOffset);
        if (request.LastFetchedEpoch.Value >= 0)
        {
            var end = EndOfEpoch(view, request.LastFetchedEpoch);
            if (end.EndOffset < Offset.Zero)
            {
                return nothing with { Error = ErrorCode.OffsetOutOfRange };
            }

            if (end.Epoch < request.LastFetchedEpoch || end.EndOffset < request.Offset)
            {
                return nothing with { Diverging = end };
            }
        }

        if (request.Offset < view.LogStartOffset || request.Offset > view.EndOffset)
        {
            return nothing with { Error = ErrorCode.OffsetOutOfRange };
        }

        var upTo = request.ReadCommitted ? view.LastStableOffset : view.HighWatermark;
        if (request.Offset >= upTo)
        {
            return nothing;
        }

        var read = log.Read(request.Offset, upTo, Math.Max(request.MaxBytes, 0), request.AtLeastOneBatch);
        if (read.Fault != LogFault.None)
        {
            return nothing with { Error = read.Fault.ToErrorCode() };
        }

        return nothing with
        {
            Records = read.Records,
            ReadsFiles = read.ReadsFiles,
            NextOffset = read.Records is null ? NoOffset : read.NextOffset,
            Aborted = request.ReadCommitted && read.Records is not null ? log.AbortedIn(request.Offset, read.NextOffset) : [],
        };
    }

    public OffsetLookup ListOffset(ReadView view, long timestamp, bool readCommitted, LeaderEpoch current)
    {
        var error = CheckLeader(view, current);
        if (error != ErrorCode.None)
        {
            return Nothing(error);
        }

        var upTo = readCommitted ? view.LastStableOffset : view.HighWatermark;
        return timestamp switch
        {
            Latest => new OffsetLookup(ErrorCode.None, upTo, NoTimestamp, view.LeaderEpoch),
            // Nothing is tiered, so what is local is everything.
            Earliest or EarliestLocal => new OffsetLookup(ErrorCode.None, view.LogStartOffset, NoTimestamp, EpochOf(view, view.LogStartOffset)),
            LatestTiered or EarliestPendingUpload => Nothing(ErrorCode.None),
            MaxTimestamp => Found(log.FindMaxTimestamp(upTo)),
            >= 0 => Found(log.FindByTimestamp(timestamp, upTo)),
            _ => Nothing(ErrorCode.UnsupportedVersion),
        };
    }

    public EpochEndOutcome EndOfEpoch(ReadView view, LeaderEpoch current, LeaderEpoch asked)
    {
        var error = CheckLeader(view, current);
        if (error != ErrorCode.None)
        {
            return new EpochEndOutcome(error, LeaderEpoch.None, NoOffset);
        }

        var end = EndOfEpoch(view, asked);
        return new EpochEndOutcome(ErrorCode.None, end.Epoch, end.EndOffset);
    }

    /// <summary>The log knows the epochs that have records; the leader's own counts from the moment it leads (KIP-101).</summary>
    private EpochEnd EndOfEpoch(ReadView view, LeaderEpoch asked) => asked switch
    {
        _ when asked.Value < 0 || asked > view.LeaderEpoch => new EpochEnd(LeaderEpoch.None, NoOffset),
        _ when asked == view.LeaderEpoch => new EpochEnd(asked, view.EndOffset),
        _ => log.EndOfEpoch(asked),
    };

    private LeaderEpoch EpochOf(ReadView view, Offset offset) => offset < view.EndOffset ? log.EpochAt(offset) : view.LeaderEpoch;

    private static OffsetLookup Nothing(ErrorCode error) => new(error, NoOffset, NoTimestamp, LeaderEpoch.None);

    private static OffsetLookup Found(TimestampedOffset? found) => found is { } record
        ? new OffsetLookup(ErrorCode.None, record.Offset, record.TimestampMs, record.LeaderEpoch)
        : Nothing(ErrorCode.None);
}
