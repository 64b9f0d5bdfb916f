namespace FlyMQ.Server.Health;

/// <summary>Why something is not well.</summary>
/// <param name="Reason">A code for programs: lower case with underscores; codes do not change between versions.</param>
/// <param name="Message">A sentence for people, on one line.</param>
/// <param name="Severe">It does not do its work; else it does, and somebody should look.</param>
internal sealed record Problem(string Reason, string Message, bool Severe = true)
{
    public string Line => $"{Reason}: {Message}";
}
