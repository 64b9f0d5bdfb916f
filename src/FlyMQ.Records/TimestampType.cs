namespace FlyMQ.Records;

/// <summary>What a batch's timestamps mean (KIP-32); bit 3 of its attributes.</summary>
public enum TimestampType : byte
{
    CreateTime = 0,
    LogAppendTime = 1,
}
