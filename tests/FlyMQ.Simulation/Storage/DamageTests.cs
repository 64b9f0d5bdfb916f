using System.Buffers;
using FlyMQ.Records;
using FlyMQ.Simulation.Disk;
using FlyMQ.Storage;
using FlyMQ.Storage.Journal;
using Microsoft.Extensions.Logging.Abstractions;

namespace FlyMQ.Simulation.Storage;

/// <summary>One byte of any file that was on disk changes while the broker is down. Acknowledged records may then be out of reach, but never silently gone.</summary>
public class DamageTests
{
    private static readonly TopicIdPartition Orders = new(new Guid(1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1), 0);

    [Fact]
    public void A_changed_byte_never_makes_acknowledged_records_disappear_without_a_word()
    {
        var told = 0;
        for (var seed = 0; seed < 400; seed++)
        {
            told += DamageOne(seed) ? 1 : 0;
        }

        // Many bytes are stale, or of values, which only their own checksum covers.
        Assert.InRange(told, 20, 380);
    }

    private static bool DamageOne(int seed)
    {
        var random = new Random(seed);
        var disk = new SimulatedDisk(random);
        var store = Open(disk);
        var log = store.CreateAsync(Orders, "orders", LogConfig.Default with { SegmentBytes = 4000 }).AsTask().GetAwaiter().GetResult();
        for (var i = 0; i < 60; i++)
        {
            Append(store, log, random.Next(1, 400));
            if (random.Next(20) == 0)
            {
                store.CheckpointOnce();
            }
        }

        // Damage in the last two flushes looks like a torn write.
        var safe = log.FlushedOffset;
        Append(store, log, 1);
        Append(store, log, 1);
        disk.Kill();
        var path = disk.Paths.ElementAt(random.Next(disk.Paths.Count()));
        disk.Damage(path);
        try
        {
            store = Open(disk);
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            Assert.True(e.Message.Contains(path, StringComparison.Ordinal) || e.Message.Contains(Path.GetDirectoryName(path)!, StringComparison.Ordinal), $"seed {seed}, {path}: {e.Message}");
            return true;
        }

        var found = store.Find(Orders);
        Assert.True(found is not null, $"seed {seed}, {path}: the log is gone.");
        if (found.FenceReason is not null)
        {
            return true;
        }

        Assert.True(found.EndOffset >= safe && found.StartOffset == Offset.Zero, $"seed {seed}, {path}: from {found.StartOffset} to {found.EndOffset}, and {safe} were acknowledged.");
        for (var offset = found.StartOffset; offset < found.EndOffset;)
        {
            var read = found.Read(offset, found.EndOffset, 1, atLeastOneBatch: true);
            if (read.Fault == LogFault.Fenced)
            {
                Assert.Contains(path, found.FenceReason!, StringComparison.Ordinal);
                return true;
            }

            Assert.True(read.Fault == LogFault.None && read.NextOffset == offset + 1, $"seed {seed}, {path}: {read.Fault} at {offset}, next is {read.NextOffset}.");
            read.Records!.Dispose();
            offset = read.NextOffset;
        }

        return false;
    }

    private static void Append(LogStore store, IPartitionLog log, int bytes)
    {
        using var builder = new RecordBatchBuilder();
        builder.Append(1, null, new byte[bytes]);
        var batch = builder.Build();
        RecordBatchHeader.TryRead(batch, out var header);
        Assert.Equal(LogFault.None, log.Append(new ReadOnlySequence<byte>(batch), header, log.EndOffset, new LeaderEpoch(1)).Fault);
        store.FlushOnce();
    }

    private static LogStore Open(SimulatedDisk disk) => LogStore.Open(
        disk, new LogStoreOptions { DataDir = "/data", Threads = false, MinFreeBytes = 0, JournalFileBytes = 32 << 10, JournalBytes = 256 << 10, ChunkBytes = 16 << 10 },
        _ => LogConfig.Default, TimeProvider.System, NullLogger.Instance);
}
