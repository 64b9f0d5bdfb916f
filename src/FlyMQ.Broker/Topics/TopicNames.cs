namespace FlyMQ.Broker.Topics;

/// <summary>Which names a topic may have: Kafka's rules.</summary>
internal static class TopicNames
{
    public const int MaxLength = 249;
    public const string ConsumerOffsets = "__consumer_offsets";

    public static bool IsValid(string name) => Problem(name) is null;

    /// <summary>What is wrong with a name, in a sentence; null when nothing is.</summary>
    public static string? Problem(string name) => name switch
    {
        "" => "Topic name is invalid: the empty string is not allowed",
        "." or ".." => $"Topic name is invalid: '{name}' is not allowed",
        { Length: > MaxLength } => $"Topic name is invalid: the length of '{name}' is longer than the max allowed length {MaxLength}",
        _ when !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-') =>
            $"Topic name is invalid: '{name}' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'",
        _ => null,
    };
}
