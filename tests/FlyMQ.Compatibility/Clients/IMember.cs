namespace FlyMQ.Compatibility.Clients;

/// <summary>A consumer in a group that polls all the time on its own; tests look at what it owns and what it got.</summary>
internal interface IMember : IAsyncDisposable
{
    IReadOnlyList<int> Assignment { get; }

    /// <summary>How many assignments it was given; with a cooperative assignor only changes count.</summary>
    int Assignments { get; }

    IReadOnlyList<TestRecord> Records { get; }

    /// <summary>Commits the position behind everything in <see cref="Records"/>.</summary>
    Task CommitAsync();

    /// <summary>Ends its process at once, without a word to the broker.</summary>
    Task KillAsync();

    /// <summary>Throws what went wrong in the background, if anything did.</summary>
    void ThrowIfBroken();
}
