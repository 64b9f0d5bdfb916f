using FlyMQ.Protocol;

namespace FlyMQ.Partitions.Tests;

/// <summary>What is counted of idempotent producers, against what they sent.</summary>
public sealed class ProducerFiguresTests
{
    private static byte[] Batch(int sequence, short epoch = 0, long producer = 7) => Scene.Batch(1, producer: producer, epoch: epoch, sequence: sequence);

    [Fact]
    public void Duplicates_and_refusals_are_counted_by_reason_and_nothing_else_is()
    {
        var scene = new Scene();
        var figures = scene.Partition.ProducerFigures;
        scene.Appended(Scene.Batch(records: 3));
        scene.Appended(Batch(0));
        scene.Appended(Batch(1));
        Assert.Equal((0, 0, 0), (figures.Duplicates, figures.OutOfOrder, figures.StaleEpochs));
        scene.Appended(Batch(0));
        scene.Appended(Batch(1));
        Assert.Equal((2, 0, 0), (figures.Duplicates, figures.OutOfOrder, figures.StaleEpochs));
        scene.Refused(ErrorCode.OutOfOrderSequenceNumber, Batch(5));
        Assert.Equal((2, 1, 0), (figures.Duplicates, figures.OutOfOrder, figures.StaleEpochs));
        scene.Appended(Batch(0, epoch: 2));
        scene.Refused(ErrorCode.InvalidProducerEpoch, Batch(2, epoch: 1));
        Assert.Equal((2, 1, 1), (figures.Duplicates, figures.OutOfOrder, figures.StaleEpochs));
        // What this broker writes itself is no client's mistake.
        scene.Refused(ErrorCode.InvalidProducerEpoch, Batch(2, epoch: 1), Scene.All with { Origin = AppendOrigin.Coordinator });
        Assert.Equal((2, 1, 1), (figures.Duplicates, figures.OutOfOrder, figures.StaleEpochs));
    }

    [Fact]
    public void Producers_are_active_until_they_have_been_silent_for_their_time_also_when_nobody_writes()
    {
        var scene = new Scene(producers: new ProducerOptions { Expiration = TimeSpan.FromMinutes(10) });
        Assert.Equal(0, scene.Partition.ActiveProducers);
        scene.Appended(Batch(0, producer: 1));
        scene.Appended(Batch(0, producer: 2));
        scene.Appended(Batch(1, producer: 2));
        Assert.Equal(2, scene.Partition.ActiveProducers);
        scene.Time.Advance(TimeSpan.FromMinutes(6));
        scene.Appended(Batch(1, producer: 1));
        scene.Time.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal(1, scene.Partition.ActiveProducers);
        scene.Partition.Resign(new Records.LeaderEpoch(2));
        Assert.Equal(0, scene.Partition.ActiveProducers);
    }
}
