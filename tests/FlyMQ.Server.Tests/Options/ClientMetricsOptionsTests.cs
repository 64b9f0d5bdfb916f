using FlyMQ.Server.Options;
using static FlyMQ.Server.Tests.Options.Loading;

namespace FlyMQ.Server.Tests.Options;

public sealed class ClientMetricsOptionsTests
{
    private const string Endpoint = "observability.clients.forward_endpoint";

    [Theory]
    [InlineData("http://localhost:4318", "http://localhost:4318/v1/metrics")]
    [InlineData("https://collector.example/", "https://collector.example/v1/metrics")]
    [InlineData("http://localhost:9090/api/v1/otlp/v1/metrics", "http://localhost:9090/api/v1/otlp/v1/metrics")]
    public void An_address_without_a_path_gets_the_usual_one(string text, string expected) =>
        Assert.Equal(expected, Accepted(null, (Endpoint, text)).ClientMetrics.Forward!.Target.ToString());

    [Fact]
    public void Nothing_is_passed_on_unless_it_is_asked_for()
    {
        Assert.Null(Accepted().ClientMetrics.Forward);
        Assert.Null(Accepted(null, (Endpoint, "")).ClientMetrics.Forward);
    }

    [Theory]
    [InlineData("grpc://localhost:4317")]
    [InlineData("/v1/metrics")]
    [InlineData("http://")]
    public void What_is_no_address_of_that_kind_is_refused(string text) => Assert.Contains(OtlpEndpoint.AcceptedForms, Problem(null, (Endpoint, text)), StringComparison.Ordinal);

    [Theory]
    [InlineData(Endpoint)]
    [InlineData("observability.metrics.otlp.endpoint")]
    [InlineData("observability.tracing.endpoint")]
    public void A_secret_in_an_address_is_refused_and_not_repeated(string key)
    {
        foreach (var (text, shown) in new[]
        {
            ("http://user:secret@localhost:4318/p", "http://********@localhost:4318/p"), ("user:secret@localhost:4318", "********@localhost:4318"),
            ("https://user:sec/ret?@localhost:4318", "https://********@localhost:4318"), ("https://localhost/v1/metrics?token=secret", "https://localhost/v1/metrics?********"),
            ("https://user:secret@localhost?token=secret", "https://********@localhost?********"), ("https://localhost/#secret", "https://localhost/#********"),
        })
        {
            var problem = Problem(null, (key, text));
            Assert.Contains($"\"{shown}\"", problem, StringComparison.Ordinal);
            Assert.DoesNotContain("secret", problem, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void How_it_is_sent_is_said_as_for_the_brokers_own()
    {
        var forward = Accepted(
            null, (Endpoint, "localhost:4317"), ("observability.clients.forward_protocol", "grpc"), ("observability.clients.forward_headers", "api-key=secret"),
            ("observability.clients.forward_compression", "gzip"), ("observability.clients.forward_timeout_ms", "500")).ClientMetrics.Forward!;
        Assert.Equal(("http://localhost:4317/", OtlpProtocol.Grpc, "secret", OtlpCompression.Gzip, 500), (forward.Target.ToString(), forward.Protocol, forward.Headers["api-key"], forward.Compression, forward.TimeoutMs));
        Assert.Contains(
            "observability.clients.forward_client_key_file", Problem(null, (Endpoint, "localhost:4317"), ("observability.clients.forward_client_certificate_file", "a.pem")), StringComparison.Ordinal);
    }

    [Fact]
    public void Kafkas_name_for_the_largest_push_is_shown_when_it_is_not_kafkas_default() =>
        Assert.Equal("2097152", Accepted(null, ("observability.clients.max_bytes", "2097152")).KafkaBrokerConfigs["telemetry.max.bytes"]);
}
