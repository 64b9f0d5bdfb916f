using System.Buffers;
using FlyMQ.Protocol;
using FlyMQ.Records;

namespace FlyMQ.Partitions.Leader;

/// <summary>What <see cref="AppendRules"/> say of a batch. Dispose it: a rewritten batch lies in pooled memory.</summary>
internal readonly struct AppendVerdict : IDisposable
{
    private readonly ReadOnlySequence<byte> _sent;
    private readonly PooledBuffer? _rewritten;

    private AppendVerdict(ErrorCode error, string? message, IReadOnlyList<RecordError>? recordErrors)
    {
        Error = error;
        Message = message;
        RecordErrors = recordErrors;
    }

    private AppendVerdict(in RecordBatchHeader header, in ReadOnlySequence<byte> sent, PooledBuffer? rewritten)
    {
        Header = header;
        _sent = sent;
        _rewritten = rewritten;
    }

    public ErrorCode Error { get; }

    public string? Message { get; }

    public IReadOnlyList<RecordError>? RecordErrors { get; }

    /// <summary>Of <see cref="Batch"/>.</summary>
    public RecordBatchHeader Header { get; }

    /// <summary>What is to be stored: the client's own bytes, unless the topic wants other ones.</summary>
    public ReadOnlySequence<byte> Batch => _rewritten is null ? _sent : new ReadOnlySequence<byte>(_rewritten.WrittenMemory);

    public static AppendVerdict Accept(in RecordBatchHeader header, in ReadOnlySequence<byte> sent) => new(header, sent, null);

    public static AppendVerdict Accept(in RecordBatchHeader header, PooledBuffer rewritten) => new(header, default, rewritten);

    public static AppendVerdict Refuse(ErrorCode error, string message, IReadOnlyList<RecordError>? recordErrors = null) => new(error, message, recordErrors);

    public static AppendVerdict Refuse(RecordBatchFault fault) => new(fault.ToErrorCode(), fault.Describe(), null);

    public void Dispose() => _rewritten?.Dispose();
}
