namespace FlyMQ.Broker.Telemetry.Otlp;

/// <summary>How protocol buffers write a field's value. Groups (3 and 4) are no part of OTLP.</summary>
internal enum WireType
{
    Varint = 0,
    Fixed64 = 1,
    Bytes = 2,
    Fixed32 = 5,
}
