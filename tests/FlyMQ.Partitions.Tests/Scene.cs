using System.Buffers;
using FlyMQ.Protocol;
using FlyMQ.Records;
using FlyMQ.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace FlyMQ.Partitions.Tests;

/// <summary>A partition over a log in memory, and short words for what tests do to it.</summary>
internal sealed class Scene
{
    public const long Start = 1_800_000_000_000;
    public static readonly AppendOptions All = new(-1);

    public Scene(
        SyncMode sync = SyncMode.Commit, PartitionRules? rules = null, MemoryLog? log = null, ProducerOptions? producers = null, FakeTimeProvider? time = null,
        bool leads = true)
    {
        Time = time ?? new FakeTimeProvider(DateTimeOffset.FromUnixTimeMilliseconds(Start));
        Log = log ?? new MemoryLog();
        Partition = new Partition(Log, sync, rules ?? new PartitionRules(), producers ?? new ProducerOptions(), Time, NullLogger.Instance);
        if (leads)
        {
            Partition.Lead(new LeaderEpoch(1));
        }
    }

    public FakeTimeProvider Time { get; }

    public MemoryLog Log { get; }

    public Partition Partition { get; }

    public static byte[] Batch(
        int records = 1, long timestampMs = Start, CompressionType compression = CompressionType.None, long producer = -1, short epoch = -1, int sequence = -1,
        bool keys = true, bool transactional = false)
    {
        using var builder = new RecordBatchBuilder
        {
            Compression = compression, ProducerId = producer, ProducerEpoch = epoch, BaseSequence = sequence, IsTransactional = transactional,
        };
        for (var i = 0; i < records; i++)
        {
            builder.Append(timestampMs, keys ? [(byte)i] : null, [1, 2, 3]);
        }

        return builder.Build();
    }

    /// <summary>A batch with its header changed and its CRC right.</summary>
    public static byte[] Changed(byte[] batch, Func<RecordBatchHeader, RecordBatchHeader> change)
    {
        Assert.True(RecordBatchHeader.TryRead(batch, out var header));
        RecordBatchHeader.WriteWithCrc(batch, change(header));
        return batch;
    }

    public AppendOutcome Append(byte[] batch, AppendOptions? options = null) => Partition.Append(new ReadOnlySequence<byte>(batch), options ?? All);

    public Offset Appended(byte[] batch, AppendOptions? options = null)
    {
        var outcome = Append(batch, options);
        Assert.Equal((ErrorCode.None, null), (outcome.Error, outcome.Message));
        return outcome.BaseOffset;
    }

    public AppendOutcome Refused(ErrorCode error, byte[] batch, AppendOptions? options = null)
    {
        var end = Log.EndOffset;
        var outcome = Append(batch, options);
        Assert.Equal(error, outcome.Error);
        Assert.NotEmpty(outcome.Message!);
        Assert.Equal(new Offset(-1), outcome.BaseOffset);
        Assert.Equal(end, Log.EndOffset);
        return outcome;
    }

    public ValueTask<ErrorCode> Wait(long required, int timeoutMs = 30_000, CancellationToken abandoned = default)
        => Partition.WaitForAsync(new Offset(required), timeoutMs, abandoned);

    public PartitionRead Read(
        long from, int maxBytes = int.MaxValue, bool atLeastOne = true, bool readCommitted = false, int current = -1, int lastFetched = -1)
        => Partition.Read(new PartitionReadRequest(new Offset(from), maxBytes, atLeastOne, readCommitted, new LeaderEpoch(current), new LeaderEpoch(lastFetched)));

    /// <summary>The base offsets of the batches that a read returns.</summary>
    public static long[] Offsets(PartitionRead read)
    {
        Assert.Equal(ErrorCode.None, read.Error);
        if (read.Records is null)
        {
            return [];
        }

        using var records = read.Records;
        var bytes = new ArrayBufferWriter<byte>();
        records.CopyTo(bytes);
        Assert.Equal(records.Length, bytes.WrittenCount);
        var offsets = new List<long>();
        foreach (var batch in new RecordBatchReader(bytes.WrittenMemory))
        {
            Assert.True(RecordBatchHeader.TryRead(batch.Span, out var header));
            offsets.Add(header.BaseOffset.Value);
        }

        return [.. offsets];
    }
}
