using System.Collections.Immutable;
using static FlyMQ.Server.Options.OptionTypes;

namespace FlyMQ.Server.Options;

/// <summary>How something is carried over OTLP.</summary>
public enum OtlpProtocol
{
    Grpc,
    HttpProtobuf,
}

public enum OtlpCompression
{
    None,
    Gzip,
}

/// <summary>Where a signal (traces, metrics) is sent, and how. The same for each.</summary>
public sealed record OtlpConnection
{
    internal OtlpConnection(OptionValues values, OtlpKeys keys)
    {
        Keys = keys;
        Endpoint = values.Get(keys.Endpoint);
        Protocol = values.Get(keys.Protocol);
        Headers = values.Get(keys.Headers);
        Compression = values.Get(keys.Compression);
        Certificate = values.Get(keys.Certificate);
        ClientCertificate = values.Get(keys.ClientCertificate);
        ClientKey = values.Get(keys.ClientKey);
        TimeoutMs = values.Get(keys.TimeoutMs);
    }

    public OtlpEndpoint Endpoint { get; init; }

    public OtlpProtocol Protocol { get; init; }

    public IReadOnlyDictionary<string, string> Headers { get; init; }

    public OtlpCompression Compression { get; init; }

    /// <summary>A file of certificates in PEM; null for those the machine trusts.</summary>
    public string? Certificate { get; init; }

    /// <summary>Files in PEM: both or none.</summary>
    public string? ClientCertificate { get; init; }

    public string? ClientKey { get; init; }

    public int TimeoutMs { get; init; }

    /// <summary>What is posted to: with http/protobuf, an endpoint without a path gets the standard one.</summary>
    public Uri Target => Protocol == OtlpProtocol.HttpProtobuf && !Endpoint.HasPath ? new Uri(Endpoint.Address, Keys.Path) : Endpoint.Address;

    /// <summary>What the keys are called, and which path is the signal's.</summary>
    internal OtlpKeys Keys { get; }
}

/// <summary>The keys of a connection, declared in a signal's section.</summary>
internal sealed class OtlpKeys(OptionSection section, string what, string path)
{
    /// <summary>The signal's own at an http/protobuf endpoint.</summary>
    public string Path => path;

    public OptionKey<OtlpEndpoint> Endpoint { get; } = section.Key(
        "endpoint", Otlp, Local(), $"Who takes the {what}: a collector, or whatever speaks OTLP. host:port means http. With http/protobuf an address without a path gets {path}.");

    public OptionKey<OtlpProtocol> Protocol { get; } = section.Key(
        "protocol", Choice(("grpc", OtlpProtocol.Grpc), ("http/protobuf", OtlpProtocol.HttpProtobuf)), OtlpProtocol.Grpc, $"How {what} are carried.");

    public OptionKey<IReadOnlyDictionary<string, string>> Headers { get; } = section.Key(
        "headers", Texts("names of HTTP headers, each with a text of visible characters and blanks", IsHeader), NoTexts,
        "Headers of every request to the endpoint: keys and tokens.", secret: true);

    public OptionKey<OtlpCompression> Compression { get; } = section.Key(
        "compression", Choice(("none", OtlpCompression.None), ("gzip", OtlpCompression.Gzip)), OtlpCompression.None, $"How {what} are compressed on their way.");

    public OptionKey<string?> Certificate { get; } = section.Key(
        "certificate_file", OptionalText("a file's path", IsPath), null,
        "Certificates in PEM that an https endpoint is checked against, instead of those the machine trusts.");

    public OptionKey<string?> ClientCertificate { get; } = section.Key(
        "client_certificate_file", OptionalText("a file's path", IsPath), null, "The certificate, in PEM, that the broker shows to an https endpoint.");

    public OptionKey<string?> ClientKey { get; } = section.Key(
        "client_key_file", OptionalText("a file's path", IsPath), null, "Its key, in PEM.");

    public OptionKey<int> TimeoutMs { get; } = section.Key(
        "timeout_ms", Whole(1, 600_000), 10_000, $"How long the endpoint may take to accept a batch of {what}. Then it is dropped and counted.");

    internal static IReadOnlyDictionary<string, string> NoTexts { get; } = ImmutableDictionary<string, string>.Empty;

    private static OtlpEndpoint Local() => OtlpEndpoint.TryParse("localhost:4317", out var local) ? local! : throw new InvalidOperationException("The default endpoint is none.");

    private static bool IsPath(string path) => !path.Contains('\0', StringComparison.Ordinal);

    // RFC 9110: a token, and visible characters and blanks.
    private static bool IsHeader(string name, string value) =>
        name.Length > 0 && name.All(c => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-.^_`|~".Contains(c, StringComparison.Ordinal)) && value.All(c => c is >= ' ' and <= '~');
}
