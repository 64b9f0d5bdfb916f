using static FlyMQ.Server.Options.OptionTypes;

namespace FlyMQ.Server.Options;

/// <summary>What is remembered of producers.</summary>
public sealed record ProducerOptions
{
    public int IdExpirationMs { get; init; } = ProducerKeys.IdExpirationMs.Default;

    internal static ProducerOptions From(OptionValues values) => new() { IdExpirationMs = values.Get(ProducerKeys.IdExpirationMs) };
}

internal static class ProducerKeys
{
    public static readonly OptionSection Section = new("producers", "What is remembered of idempotent producers.");

    public static readonly OptionKey<int> IdExpirationMs = Section.Key(
        "id_expiration_ms", Whole(1), 86_400_000, "A producer id that wrote nothing for so long is forgotten.", "producer.id.expiration.ms", dynamic: true);
}
