namespace FlyMQ.Protocol.Generator.Model;

/// <summary>How a value is laid out on the wire.</summary>
internal enum WireType
{
    Boolean,
    Int8,
    Int16,
    UInt16,
    Int32,
    Int64,
    Float64,
    Uuid,
    String,
    Bytes,
    /// <summary>Record batches as a slice of a frame.</summary>
    RecordsSlice,
    /// <summary>Record batches that a source writes.</summary>
    RecordsSource,
    Struct,
}
