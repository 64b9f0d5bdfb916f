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
        Assert.Equal(expected, Accepted(null, (Endpoint, text)).ClientMetrics.ForwardEndpoint!.ToString());

    [Fact]
    public void Nothing_is_passed_on_unless_it_is_asked_for()
    {
        Assert.Null(Accepted().ClientMetrics.ForwardEndpoint);
        Assert.Null(Accepted(null, (Endpoint, "")).ClientMetrics.ForwardEndpoint);
    }

    [Theory]
    [InlineData("localhost:4318")]
    [InlineData("grpc://localhost:4317")]
    [InlineData("/v1/metrics")]
    [InlineData("http://")]
    [InlineData("http://user:secret@localhost:4318")]
    public void What_is_no_address_of_that_kind_is_refused(string text) => Assert.Contains("http://localhost:4318", Problem(null, (Endpoint, text)), StringComparison.Ordinal);

    [Fact]
    public void Kafkas_name_for_the_largest_push_is_shown_when_it_is_not_kafkas_default() =>
        Assert.Equal("2097152", Accepted(null, ("observability.clients.max_bytes", "2097152")).KafkaBrokerConfigs["telemetry.max.bytes"]);
}
