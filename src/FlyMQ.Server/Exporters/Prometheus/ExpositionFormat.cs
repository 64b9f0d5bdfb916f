using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace FlyMQ.Server.Exporters.Prometheus;

/// <summary>The two forms in which Prometheus and its relatives read metrics.</summary>
internal enum ExpositionFormat
{
    /// <summary>Prometheus' text format 0.0.4.</summary>
    Text,

    /// <summary>OpenMetrics 1.0.</summary>
    OpenMetrics,
}

/// <summary>What a request asks for by its headers.</summary>
internal static class ContentNegotiation
{
    /// <summary>The form the client likes best of those there are. Who names none of them gets the plain text, which everything reads.</summary>
    public static ExpositionFormat FormatOf(StringValues accept)
    {
        double text = 0, openMetrics = 0;
        if (MediaTypeHeaderValue.TryParseList(accept, out var types))
        {
            foreach (var type in types)
            {
                var quality = type.Quality ?? 1;
                var version = Parameter(type, "version");
                if (type.MediaType.Equals("application/openmetrics-text", StringComparison.OrdinalIgnoreCase) && version is null or "1.0.0")
                {
                    openMetrics = Math.Max(openMetrics, quality);
                }
                else if (type.MatchesAllTypes || (type.MediaType.Equals("text/plain", StringComparison.OrdinalIgnoreCase) && version is null or "0.0.4"))
                {
                    text = Math.Max(text, quality);
                }
            }
        }

        return openMetrics > 0 && openMetrics >= text ? ExpositionFormat.OpenMetrics : ExpositionFormat.Text;
    }

    /// <summary>Whether the answer may be compressed with gzip.</summary>
    public static bool TakesGzip(StringValues acceptEncoding)
    {
        if (!StringWithQualityHeaderValue.TryParseList(acceptEncoding, out var encodings))
        {
            return false;
        }

        double? any = null, gzip = null;
        foreach (var encoding in encodings)
        {
            if (encoding.Value.Equals("gzip", StringComparison.OrdinalIgnoreCase))
            {
                gzip = encoding.Quality ?? 1;
            }
            else if (encoding.Value == "*")
            {
                any = encoding.Quality ?? 1;
            }
        }

        return (gzip ?? any ?? 0) > 0;
    }

    public static string ContentType(ExpositionFormat format) => format == ExpositionFormat.OpenMetrics
        ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
        : "text/plain; version=0.0.4; charset=utf-8";

    private static string? Parameter(MediaTypeHeaderValue type, string name)
    {
        foreach (var parameter in type.Parameters)
        {
            if (parameter.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return HeaderUtilities.RemoveQuotes(parameter.Value).ToString();
            }
        }

        return null;
    }
}
