using FlyMQ.Protocol;
using FlyMQ.Records;

namespace FlyMQ.Partitions.Leader;

/// <summary>
/// Producers that wait for the high watermark, in the order of what they wait for. Touched under the partition's lock; completed outside it, for what
/// continues is not the partition's business.
/// </summary>
internal sealed class PendingAcks
{
    private readonly LinkedList<PendingAck> _waiting = new();

    public PendingAck Add(Offset required)
    {
        var ack = new PendingAck(required);
        var after = _waiting.Last;
        while (after is not null && after.Value.Required > required)
        {
            after = after.Previous;
        }

        ack.Node = after is null ? _waiting.AddFirst(ack) : _waiting.AddAfter(after, ack);
        return ack;
    }

    public void Remove(PendingAck ack)
    {
        if (ack.Node.List is not null)
        {
            _waiting.Remove(ack.Node);
        }
    }

    /// <summary>Takes out those whose offset has been reached.</summary>
    public List<PendingAck>? TakeReached(Offset highWatermark)
    {
        List<PendingAck>? reached = null;
        while (_waiting.First is { } first && first.Value.Required <= highWatermark)
        {
            _waiting.RemoveFirst();
            (reached ??= []).Add(first.Value);
        }

        return reached;
    }

    public List<PendingAck>? TakeAll() => TakeReached(new Offset(long.MaxValue));
}

internal sealed class PendingAck(Offset required)
{
    private readonly TaskCompletionSource<ErrorCode> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Offset Required => required;

    public LinkedListNode<PendingAck> Node { get; set; } = null!;

    public Task<ErrorCode> Task => _completion.Task;

    public void Complete(ErrorCode error) => _completion.TrySetResult(error);
}
