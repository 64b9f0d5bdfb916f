using FlyMQ.Protocol;
using FlyMQ.Records;
using FlyMQ.Storage;

namespace FlyMQ.Partitions.Tests;

public class AcknowledgementTests
{
    [Fact]
    public async Task Under_commit_a_batch_is_acknowledged_and_readable_when_it_is_flushed()
    {
        var scene = new Scene();
        var outcome = scene.Append(Scene.Batch(records: 3));
        Assert.Equal((new Offset(0), new Offset(3)), (outcome.BaseOffset, outcome.Required));
        Assert.Empty(Scene.Offsets(scene.Read(0)));
        Assert.Equal((0, 3), (scene.Partition.View.HighWatermark.Value, scene.Partition.View.EndOffset.Value));
        var wait = scene.Wait(3);
        Assert.False(wait.IsCompleted);
        scene.Log.Flush();
        Assert.Equal(ErrorCode.None, await wait);
        Assert.Equal([0L], Scene.Offsets(scene.Read(0)));
        Assert.Equal((3, 3, 3), (scene.Partition.View.HighWatermark.Value, scene.Partition.View.LastStableOffset.Value, scene.Log.HighWatermark.Value));
    }

    [Theory]
    [InlineData(SyncMode.Interval)]
    [InlineData(SyncMode.None)]
    public async Task Without_commit_a_batch_is_acknowledged_when_it_is_appended(SyncMode sync)
    {
        var scene = new Scene(sync);
        scene.Appended(Scene.Batch(records: 2));
        var wait = scene.Wait(2);
        Assert.True(wait.IsCompletedSuccessfully);
        Assert.Equal(ErrorCode.None, await wait);
        Assert.Equal([0L], Scene.Offsets(scene.Read(0)));
        Assert.Equal(2, scene.Log.HighWatermark.Value);
    }

    [Fact]
    public async Task A_flush_acknowledges_what_it_covers_and_nothing_more()
    {
        var scene = new Scene();
        scene.Appended(Scene.Batch(records: 2));
        scene.Appended(Scene.Batch(records: 2));
        // The later one asked first: a duplicate waits for less than who came before it.
        var second = scene.Wait(4);
        var first = scene.Wait(2);
        scene.Log.Flush(new Offset(2));
        Assert.Equal(ErrorCode.None, await first);
        Assert.False(second.IsCompleted);
        // Word of an older flush takes nothing back.
        scene.Log.Flush(new Offset(1));
        Assert.Equal(2, scene.Partition.View.HighWatermark.Value);
        scene.Log.Flush(new Offset(4));
        Assert.Equal(ErrorCode.None, await second);
    }

    [Fact]
    public async Task Waits_end_with_their_own_timeouts()
    {
        var scene = new Scene();
        scene.Appended(Scene.Batch());
        var slow = scene.Wait(1, timeoutMs: 5000);
        var quick = scene.Wait(1, timeoutMs: 100);
        var middle = scene.Wait(1, timeoutMs: 1000);
        scene.Time.Advance(TimeSpan.FromMilliseconds(99));
        Assert.False(quick.IsCompleted);
        scene.Time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(ErrorCode.RequestTimedOut, await quick);
        scene.Time.Advance(TimeSpan.FromMilliseconds(899));
        Assert.False(middle.IsCompleted);
        scene.Time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(ErrorCode.RequestTimedOut, await middle);
        scene.Log.Flush();
        Assert.Equal(ErrorCode.None, await slow);
        Assert.Equal(ErrorCode.RequestTimedOut, await scene.Wait(2, timeoutMs: 0));
    }

    [Fact]
    public async Task A_timer_that_fired_serves_the_waits_that_come_after()
    {
        var scene = new Scene();
        scene.Appended(Scene.Batch());
        var first = scene.Wait(1, timeoutMs: 100);
        scene.Log.Flush();
        Assert.Equal(ErrorCode.None, await first);
        scene.Time.Advance(TimeSpan.FromMilliseconds(200));
        scene.Appended(Scene.Batch());
        var second = scene.Wait(2, timeoutMs: 100);
        scene.Time.Advance(TimeSpan.FromMilliseconds(100));
        Assert.Equal(ErrorCode.RequestTimedOut, await second);
    }

    [Fact]
    public async Task Abandoning_ends_the_wait_and_not_the_write()
    {
        var scene = new Scene();
        scene.Appended(Scene.Batch());
        using var gone = new CancellationTokenSource();
        var abandoned = scene.Wait(1, abandoned: gone.Token).AsTask();
        var patient = scene.Wait(1);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => abandoned);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => scene.Wait(1, abandoned: gone.Token).AsTask());
        scene.Log.Flush();
        Assert.Equal(ErrorCode.None, await patient);
        Assert.Equal([0L], Scene.Offsets(scene.Read(0)));
    }

    [Fact]
    public async Task Who_resigns_sends_the_waiting_to_the_new_leader()
    {
        var scene = new Scene();
        scene.Appended(Scene.Batch());
        var wait = scene.Wait(1);
        scene.Partition.Resign(new LeaderEpoch(2));
        Assert.Equal(ErrorCode.NotLeaderOrFollower, await wait);
        Assert.Equal(ErrorCode.NotLeaderOrFollower, await scene.Wait(1));
        scene.Refused(ErrorCode.NotLeaderOrFollower, Scene.Batch());
        // What is flushed on a node that does not lead is for the leader to count.
        scene.Log.Flush();
        Assert.Equal(0, scene.Partition.View.HighWatermark.Value);
    }

    [Fact]
    public async Task A_new_epoch_of_the_same_leader_keeps_the_waiting()
    {
        var scene = new Scene();
        scene.Appended(Scene.Batch());
        var wait = scene.Wait(1);
        scene.Partition.Lead(new LeaderEpoch(2));
        scene.Appended(Scene.Batch());
        Assert.False(wait.IsCompleted);
        scene.Log.Flush();
        Assert.Equal(ErrorCode.None, await wait);
        Assert.Equal([1, 2], scene.Log.Headers.Select(header => header.LeaderEpoch.Value));
    }

    [Fact]
    public async Task After_a_failed_flush_nothing_is_acknowledged()
    {
        var scene = new Scene();
        scene.Appended(Scene.Batch());
        scene.Log.Flush();
        scene.Appended(Scene.Batch());
        var wait = scene.Wait(2);
        scene.Log.Fence("journal/3.log could not be flushed");
        Assert.Equal(ErrorCode.KafkaStorageError, await wait);
        Assert.Equal(ErrorCode.KafkaStorageError, await scene.Wait(2));
        Assert.Equal(ErrorCode.None, await scene.Wait(1));
        Assert.Contains("could not be flushed", scene.Refused(ErrorCode.KafkaStorageError, Scene.Batch()).Message, StringComparison.Ordinal);
        Assert.Equal(1, scene.Partition.View.HighWatermark.Value);
    }

    [Theory]
    [InlineData(SyncMode.Commit)]
    [InlineData(SyncMode.None)]
    public async Task A_log_that_was_fenced_before_takes_nothing(SyncMode sync)
    {
        var scene = new Scene(sync, log: new MemoryLog { FenceReason = "00000000000000000000.log is damaged at byte 61" });
        scene.Refused(ErrorCode.KafkaStorageError, Scene.Batch());
        Assert.Equal(ErrorCode.KafkaStorageError, await scene.Wait(1));
    }

    [Fact]
    public async Task Closing_ends_the_waiting()
    {
        var scene = new Scene();
        scene.Appended(Scene.Batch());
        var wait = scene.Wait(1);
        scene.Partition.Close();
        scene.Partition.Close();
        Assert.Equal(ErrorCode.NotLeaderOrFollower, await wait);
        scene.Refused(ErrorCode.NotLeaderOrFollower, Scene.Batch());
        scene.Partition.Lead(new LeaderEpoch(5));
        scene.Refused(ErrorCode.NotLeaderOrFollower, Scene.Batch());
    }

    [Fact]
    public async Task What_a_waiter_does_next_does_not_run_on_the_journals_thread()
    {
        var scene = new Scene();
        scene.Appended(Scene.Batch());
        var thread = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        var waiting = Continue();
        var journal = new Thread(() => scene.Log.Flush());
        journal.Start();
        journal.Join();
        Assert.NotEqual(journal.ManagedThreadId, await thread.Task);
        await waiting;

        async Task Continue()
        {
            await scene.Wait(1).ConfigureAwait(false);
            thread.SetResult(Environment.CurrentManagedThreadId);
        }
    }

    [Fact]
    public async Task Producers_that_race_all_get_dense_offsets_and_their_acknowledgement()
    {
        const int Producers = 4, Batches = 200;
        var scene = new Scene();
        using var done = new CancellationTokenSource();
        var journal = Task.Factory.StartNew(
            () =>
            {
                while (!done.IsCancellationRequested)
                {
                    scene.Log.Flush();
                    Thread.Yield();
                }
            },
            TaskCreationOptions.LongRunning);
        var offsets = await Task.WhenAll(Enumerable.Range(0, Producers).Select(producer => Task.Run(async () =>
        {
            var mine = new List<long>();
            for (var i = 0; i < Batches; i++)
            {
                var outcome = scene.Append(Scene.Batch(producer: producer, epoch: 0, sequence: i));
                Assert.Equal(ErrorCode.None, outcome.Error);
                Assert.Equal(ErrorCode.None, await scene.Partition.WaitForAsync(outcome.Required, 60_000, CancellationToken.None));
                Assert.True(scene.Partition.View.HighWatermark >= outcome.Required);
                mine.Add(outcome.BaseOffset.Value);
            }

            return mine;
        })));
        await done.CancelAsync();
        await journal;
        Assert.Equal(Enumerable.Range(0, Producers * Batches).Select(i => (long)i), offsets.SelectMany(mine => mine).Order());
    }
}
