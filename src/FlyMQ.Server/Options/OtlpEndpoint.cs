namespace FlyMQ.Server.Options;

/// <summary>Where spans or metrics are sent. <c>localhost:4317</c> means http, as in OpenTelemetry's own examples; as a URI it would have the scheme <c>localhost</c>.</summary>
public sealed class OtlpEndpoint
{
    internal const string AcceptedForms = "host:port, or http:// or https:// with a host and what follows it";

    private readonly string _text;

    private OtlpEndpoint(string text, Uri address)
    {
        _text = text;
        Address = address;
    }

    /// <summary>Absolute, http or https.</summary>
    public Uri Address { get; }

    /// <summary>Whether it names more than a host and a port.</summary>
    public bool HasPath => Address.AbsolutePath != "/";

    public static bool TryParse(string text, out OtlpEndpoint? endpoint)
    {
        endpoint = null;
        var hasScheme = text.Contains("://", StringComparison.Ordinal);
        if (!Uri.TryCreate(hasScheme ? text : $"http://{text}", UriKind.Absolute, out var address)
            || (address.Scheme != Uri.UriSchemeHttp && address.Scheme != Uri.UriSchemeHttps)
            || address.Host.Length == 0 || address.Port <= 0 || address.UserInfo.Length > 0 || address.Query.Length > 0 || address.Fragment.Length > 0
            || text.Any(char.IsWhiteSpace)
            // Port 80 is nobody's intention.
            || (!hasScheme && (address.IsDefaultPort && !text.EndsWith(":80", StringComparison.Ordinal) || address.AbsolutePath != "/")))
        {
            return false;
        }

        endpoint = new OtlpEndpoint(text, address);
        return true;
    }

    public override string ToString() => _text;
}
