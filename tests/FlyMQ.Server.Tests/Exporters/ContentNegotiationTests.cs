using FlyMQ.Server.Exporters.Prometheus;
using Microsoft.Extensions.Primitives;

namespace FlyMQ.Server.Tests.Exporters;

public sealed class ContentNegotiationTests
{
    [Theory]
    [InlineData(null, ExpositionFormat.Text)]
    [InlineData("", ExpositionFormat.Text)]
    [InlineData("*/*", ExpositionFormat.Text)]
    [InlineData("text/html,application/xhtml+xml,*/*;q=0.8", ExpositionFormat.Text)]
    [InlineData("application/openmetrics-text", ExpositionFormat.OpenMetrics)]
    [InlineData("application/openmetrics-text; version=\"1.0.0\"", ExpositionFormat.OpenMetrics)]
    [InlineData("application/openmetrics-text;version=0.0.1", ExpositionFormat.Text)]
    [InlineData("application/openmetrics-text;q=0", ExpositionFormat.Text)]
    [InlineData("application/openmetrics-text;q=0.3,text/plain;version=0.0.4;q=0.5", ExpositionFormat.Text)]
    // What Prometheus 2.42 and 3 send.
    [InlineData("application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1", ExpositionFormat.OpenMetrics)]
    [InlineData(
        "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
        ExpositionFormat.OpenMetrics)]
    internal void The_form_is_the_one_the_client_likes_best(string? accept, ExpositionFormat expected) =>
        Assert.Equal(expected, ContentNegotiation.FormatOf(new StringValues(accept)));

    [Theory]
    [InlineData(null, false)]
    [InlineData("gzip", true)]
    [InlineData("deflate, GZIP;q=0.5, br", true)]
    [InlineData("gzip;q=0, *", false)]
    [InlineData("*", true)]
    [InlineData("identity", false)]
    public void Gzip_is_used_where_it_is_taken(string? accept, bool expected) => Assert.Equal(expected, ContentNegotiation.TakesGzip(new StringValues(accept)));
}
