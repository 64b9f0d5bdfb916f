using FlyMQ.Records;
using FlyMQ.Storage;

namespace FlyMQ.Partitions.Tests;

public class WatcherTests
{
    [Fact]
    public void Watchers_hear_of_what_readers_can_see_and_of_nothing_else()
    {
        var scene = new Scene();
        var watcher = new Watcher();
        scene.Partition.Watch(watcher);
        scene.Appended(Scene.Batch(records: 4));
        Assert.Empty(watcher.Seen);
        scene.Log.Flush();
        Assert.Equal([4], watcher.Seen.Select(view => view.HighWatermark.Value));
        scene.Log.Flush();
        Assert.Single(watcher.Seen);
        scene.Log.Advance(new Offset(2));
        Assert.Equal(2, watcher.Seen[1].LogStartOffset.Value);
        scene.Partition.Resign(new LeaderEpoch(2));
        Assert.False(watcher.Seen[2].IsLeader);
        scene.Partition.Lead(new LeaderEpoch(3));
        scene.Log.Fence("gone");
        scene.Partition.Close();
        Assert.Equal(6, watcher.Seen.Count);
    }

    [Fact]
    public void Without_commit_an_append_wakes_watchers_at_once()
    {
        var scene = new Scene(SyncMode.None);
        var watcher = new Watcher();
        scene.Partition.Watch(watcher);
        scene.Appended(Scene.Batch());
        Assert.Single(watcher.Seen);
    }

    [Fact]
    public void Who_stopped_watching_is_not_called()
    {
        var scene = new Scene();
        var stays = new Watcher();
        var goes = new Watcher();
        scene.Partition.Watch(stays);
        scene.Partition.Watch(goes);
        scene.Partition.Unwatch(goes);
        scene.Appended(Scene.Batch());
        scene.Log.Flush();
        Assert.Equal((1, 0), (stays.Seen.Count, goes.Seen.Count));
    }

    [Fact]
    public void A_watcher_may_stop_watching_and_read_while_it_is_called()
    {
        var scene = new Scene();
        var read = Array.Empty<long>();
        Watcher? watcher = null;
        watcher = new Watcher
        {
            Then = partition =>
            {
                partition.Unwatch(watcher!);
                read = Scene.Offsets(scene.Read(0));
            },
        };
        scene.Partition.Watch(watcher);
        scene.Appended(Scene.Batch());
        scene.Log.Flush();
        scene.Appended(Scene.Batch());
        scene.Log.Flush();
        Assert.Single(watcher.Seen);
        Assert.Equal([0L], read);
    }

    [Fact]
    public async Task A_watcher_is_called_outside_the_partitions_lock()
    {
        var scene = new Scene();
        var watcher = new Watcher
        {
            // From another thread, so that a lock that is held would be waited for.
            Then = partition => Assert.True(Task.Run(() => partition.Producers()).Wait(TimeSpan.FromSeconds(30))),
        };
        scene.Partition.Watch(watcher);
        scene.Appended(Scene.Batch());
        scene.Log.Flush();
        scene.Log.Advance(new Offset(1));
        scene.Partition.Resign(new LeaderEpoch(2));
        scene.Partition.Lead(new LeaderEpoch(3));
        await scene.Partition.DeleteRecordsAsync(new Offset(1));
        scene.Partition.Close();
        Assert.Equal(5, watcher.Seen.Count);
    }

    private sealed class Watcher : IPartitionWatcher
    {
        public List<ReadView> Seen { get; } = [];

        public Action<Partition>? Then { get; init; }

        public void OnAdvanced(Partition partition)
        {
            Seen.Add(partition.View);
            Then?.Invoke(partition);
        }
    }
}
