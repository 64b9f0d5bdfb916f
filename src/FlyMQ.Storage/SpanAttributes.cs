namespace FlyMQ.Storage;

/// <summary>The attributes of spans, in the words of the observability guide. Here because storage is the lowest layer that is traced; the layers above use them too.</summary>
public static class SpanAttributes
{
    /// <summary>The topic's name, a string.</summary>
    public const string Topic = "flymq.topic";

    /// <summary>An integer.</summary>
    public const string Partition = "flymq.partition";

    /// <summary>An integer: a batch's base offset, or where a reader asked to begin.</summary>
    public const string Offset = "flymq.offset";

    /// <summary>A string.</summary>
    public const string GroupId = "flymq.group_id";

    /// <summary>Bytes of batches as they are in the log, an integer.</summary>
    public const string MessageSize = "flymq.message_size";
}
