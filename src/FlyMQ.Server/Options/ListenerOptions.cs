namespace FlyMQ.Server.Options;

/// <summary>One named listener.</summary>
/// <param name="Advertised">What clients that came in by this listener are told.</param>
public sealed record ListenerOptions(string Name, ListenAddress Address, AdvertisedAddress Advertised)
{
    internal static IReadOnlyList<ListenerOptions> Of(
        IReadOnlyDictionary<string, ListenAddress> listeners, IReadOnlyDictionary<string, AdvertisedAddress> advertised) =>
    [
        .. listeners.Select(l => new ListenerOptions(
            l.Key, l.Value, advertised.TryGetValue(l.Key, out var told) ? told : new AdvertisedAddress(l.Value.Host, null))),
    ];
}
