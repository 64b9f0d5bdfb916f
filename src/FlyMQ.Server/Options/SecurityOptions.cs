namespace FlyMQ.Server.Options;

/// <summary>Who may do what.</summary>
public sealed record SecurityOptions
{
    /// <summary>Listeners without authentication may be reachable from other machines.</summary>
    public bool AllowPlaintextBeyondLoopback { get; init; } = SecurityKeys.AllowPlaintextBeyondLoopback.Default;

    internal static SecurityOptions From(OptionValues values) => new()
    {
        AllowPlaintextBeyondLoopback = values.Get(SecurityKeys.AllowPlaintextBeyondLoopback),
    };
}

internal static class SecurityKeys
{
    public static readonly OptionSection Section = new("security", "Who may do what. Authentication, TLS and ACLs are not there yet.");

    public static readonly OptionKey<bool> AllowPlaintextBeyondLoopback = Section.Key(
        "allow_plaintext_beyond_loopback", OptionTypes.Boolean, false,
        "Lets a listener without authentication and encryption bind an address that other machines reach: whoever reaches it can read, write and "
        + "delete everything.");
}
