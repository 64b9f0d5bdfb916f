using System.Collections.Immutable;

namespace FlyMQ.Metadata;

/// <summary>
/// The last <see cref="Limit"/> commands with their results, so that a command proposed twice is applied once. Part of the image: every
/// node forgets the same command at the same position of the log.
/// </summary>
public sealed class RecentCommands
{
    /// <summary>How many are remembered. A proposer retries within seconds; this many commands take longer than that.</summary>
    public const int Limit = 4096;

    public static readonly RecentCommands None = new(ImmutableDictionary<Guid, CommandResult>.Empty, []);

    private readonly ImmutableDictionary<Guid, CommandResult> _results;
    private readonly ImmutableQueue<Guid> _order;

    private RecentCommands(ImmutableDictionary<Guid, CommandResult> results, ImmutableQueue<Guid> order)
    {
        _results = results;
        _order = order;
    }

    public int Count => _results.Count;

    /// <summary>Oldest first.</summary>
    public IEnumerable<(Guid Id, CommandResult Result)> InOrder
    {
        get
        {
            foreach (var id in _order)
            {
                yield return (id, _results[id]);
            }
        }
    }

    public CommandResult? Find(Guid id) => _results.GetValueOrDefault(id);

    public RecentCommands With(Guid id, CommandResult result)
    {
        var results = _results.Add(id, result);
        var order = _order.Enqueue(id);
        if (results.Count > Limit)
        {
            order = order.Dequeue(out var oldest);
            results = results.Remove(oldest);
        }

        return new RecentCommands(results, order);
    }
}
