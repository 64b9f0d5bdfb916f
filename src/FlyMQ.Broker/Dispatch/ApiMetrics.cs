using FlyMQ.Protocol;
using FlyMQ.Protocol.Messages;
using FlyMQ.Storage;

namespace FlyMQ.Broker.Dispatch;

/// <summary>What is counted of one API's requests. Any number of connections count at once while another thread reads; nothing is allocated for a request.</summary>
public sealed class ApiMetrics
{
    private static readonly int Errors = (int)Enum.GetValues<ErrorCode>().Max() + 2;

    private readonly long[] _byVersion;
    private readonly LatencyHistogram?[] _stages = new LatencyHistogram?[RequestStages.Count];
    private long[]? _errors;

    internal ApiMetrics(ApiDescription api)
    {
        Api = api;
        _byVersion = new long[api.StableVersions.Max + 1];
        Work = api.Key switch
        {
            ApiKey.Produce => RequestStage.Append,
            ApiKey.Fetch => RequestStage.Read,
            _ => RequestStage.Handle,
        };
    }

    public ApiDescription Api { get; }

    /// <summary>What its handler's own time is called.</summary>
    public RequestStage Work { get; }

    /// <summary>Requests by version, those that were seen.</summary>
    public IEnumerable<(short Version, long Count)> Requests()
    {
        for (short version = 0; version < _byVersion.Length; version++)
        {
            if (Interlocked.Read(ref _byVersion[version]) is > 0 and var count)
            {
                yield return (version, count);
            }
        }
    }

    /// <summary>Errors that were answered with, each as often as it stood in an answer.</summary>
    public IEnumerable<(ErrorCode Error, long Count)> ErrorsTold()
    {
        if (Volatile.Read(ref _errors) is not { } errors)
        {
            yield break;
        }

        for (var i = 0; i < errors.Length; i++)
        {
            if (Interlocked.Read(ref errors[i]) is > 0 and var count)
            {
                yield return ((ErrorCode)(i - 1), count);
            }
        }
    }

    /// <summary>How long the stage took, for every request that went through it; null before the first.</summary>
    public LatencyHistogram? Stage(RequestStage stage) => Volatile.Read(ref _stages[(int)stage]);

    internal void Count(short version) => Interlocked.Increment(ref _byVersion[version]);

    internal void Count(ErrorCode error)
    {
        var errors = Volatile.Read(ref _errors) ?? Interlocked.CompareExchange(ref _errors, new long[Errors], null) ?? _errors;
        // UNKNOWN_SERVER_ERROR is -1.
        Interlocked.Increment(ref errors[(int)error + 1]);
    }

    /// <summary>Waits count where there was one; what every request goes through counts for every request.</summary>
    internal void Record(in RequestTimes times, bool isAnswered)
    {
        Record(RequestStage.Queue, times[RequestStage.Queue]);
        Record(RequestStage.Decode, times[RequestStage.Decode]);
        Record(Work, times[Work]);
        if (isAnswered)
        {
            Record(RequestStage.Encode, times[RequestStage.Encode]);
        }

        RecordWait(RequestStage.BackPressure, times);
        RecordWait(RequestStage.FlushWait, times);
        RecordWait(RequestStage.Purgatory, times);
        RecordWait(RequestStage.ResponseQueue, times);
    }

    internal void Record(RequestStage stage, TimeSpan elapsed)
    {
        ref var histogram = ref _stages[(int)stage];
        (Volatile.Read(ref histogram) ?? Interlocked.CompareExchange(ref histogram, new LatencyHistogram(), null) ?? histogram).Record(elapsed);
    }

    private void RecordWait(RequestStage stage, in RequestTimes times)
    {
        if (times[stage] > TimeSpan.Zero)
        {
            Record(stage, times[stage]);
        }
    }
}
