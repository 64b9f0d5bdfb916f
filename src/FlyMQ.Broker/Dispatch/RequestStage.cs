namespace FlyMQ.Broker.Dispatch;

/// <summary>Where a request's time goes, in the order in which it goes there. Together they are the whole time from its last byte in to its answer out.</summary>
public enum RequestStage
{
    /// <summary>Its bytes are here, and those before it on its connection are being started.</summary>
    Queue,

    /// <summary>Bytes become a message.</summary>
    Decode,

    /// <summary>A produce waits until there is room in memory for unsettled records.</summary>
    BackPressure,

    /// <summary>A produce's batches are judged and taken into their logs.</summary>
    Append,

    /// <summary>A fetch finds its batches.</summary>
    Read,

    /// <summary>Whatever a handler of another API does.</summary>
    Handle,

    /// <summary>What was appended is not on stable storage yet.</summary>
    FlushWait,

    /// <summary>There is nothing to answer with yet: a fetch waits for records, a member for the others of its group.</summary>
    Purgatory,

    /// <summary>The answer is ready, and those before it on its connection are not, or the thread that sends it is not awake.</summary>
    ResponseQueue,

    /// <summary>The message becomes bytes; for a fetch that is the copying of the records.</summary>
    Encode,

    /// <summary>Until there is room in the socket's pipe again: long where a client does not read what it asks for, next to nothing for small answers.</summary>
    Send,
}

public static class RequestStages
{
    private static readonly string[] Names =
        ["queue", "decode", "backpressure", "append", "read", "handle", "flush_wait", "purgatory", "response_queue", "encode", "send"];

    /// <summary>How many there are.</summary>
    public const int Count = 11;

    /// <summary>As metrics and <c>/debug/slow</c> call it.</summary>
    public static string Label(this RequestStage stage) => Names[(int)stage];
}
