namespace FlyMQ.Server.Options;

/// <summary>Rooms that are kept for what comes later: their ports are fixed, so that nothing else moves in.</summary>
internal static class ReservedKeys
{
    public static readonly OptionSection Admin = new("admin", "The administration API and console. Not there yet: nothing listens.");

    public static readonly OptionKey<ListenAddress> AdminListen = Listen(Admin, 8080);

    private static OptionKey<ListenAddress> Listen(OptionSection section, int port) =>
        section.Key("listen", OptionTypes.Listen, new ListenAddress("localhost", port), "Where it will listen.", notThereYet: true);
}
