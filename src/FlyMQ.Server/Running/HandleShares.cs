namespace FlyMQ.Server.Running;

/// <summary>
/// What the files that the process may open are for. A runtime without a handle ends the process as one without memory, so neither partitions nor connections may take
/// the last.
/// </summary>
/// <param name="LogFiles">Log files of segments; past it they are opened and closed in turn.</param>
/// <param name="Connections">Of clients; past it they are refused.</param>
internal readonly record struct HandleShares(int LogFiles, int Connections)
{
    // The runtime's own, the journal, metadata, health checks and scrapes, and what is open for a moment: some two hundred, and as many again.
    private const ulong Rest = 384;

    /// <param name="limit">The most there may be; null where it is not known.</param>
    public static HandleShares Of(ulong? limit)
    {
        if (limit is not { } handles)
        {
            return new HandleShares(4096, int.MaxValue);
        }

        var half = (int)Math.Clamp((handles - Math.Min(Rest, handles / 2)) / 2, 1, int.MaxValue);
        return new HandleShares(half, half);
    }
}
