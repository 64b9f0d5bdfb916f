using FlyMQ.Server.Options;
using static FlyMQ.Server.Tests.Options.Loading;

namespace FlyMQ.Server.Tests.Options;

/// <summary>OpenTelemetry's variables for metrics, beside those for traces and for all signals.</summary>
public sealed class OtlpMetricsOptionsTests
{
    [Fact]
    public void Off_without_a_word_of_it()
    {
        Assert.False(Accepted().OtlpMetrics.Enabled);
        Assert.Equal("http://localhost:4317/", Accepted().OtlpMetrics.Connection.Target.ToString());
        Assert.Equal(60_000, Accepted().OtlpMetrics.IntervalMs);
    }

    [Fact]
    public void The_file_has_them_within_the_section_of_metrics()
    {
        var metrics = Accepted(
            """{ "observability": { "metrics": { "max_topics": 5, "otlp": { "enabled": true, "endpoint": "collector:4318", "protocol": "http/protobuf", "interval_ms": 500 } } } }""");
        Assert.Equal(5, metrics.Metrics.MaxTopics);
        Assert.True(metrics.OtlpMetrics.Enabled);
        Assert.Equal("http://collector:4318/v1/metrics", metrics.OtlpMetrics.Connection.Target.ToString());
        Assert.Equal(500, metrics.OtlpMetrics.IntervalMs);
        Assert.False(metrics.Tracing.Enabled);
    }

    [Fact]
    public void One_endpoint_for_all_signals_turns_each_on_at_its_own_path()
    {
        var options = Load(null, [("OTEL_EXPORTER_OTLP_ENDPOINT", "https://otel:4318/base"), ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"), ("OTEL_EXPORTER_OTLP_HEADERS", "key=a")]).Options!;
        Assert.True(options.OtlpMetrics.Enabled);
        Assert.True(options.Tracing.Enabled);
        Assert.Equal("https://otel:4318/base/v1/metrics", options.OtlpMetrics.Connection.Target.ToString());
        Assert.Equal("https://otel:4318/base/v1/traces", options.Tracing.Connection.Target.ToString());
        Assert.Equal("a", options.OtlpMetrics.Connection.Headers["key"]);
    }

    [Fact]
    public void A_signals_own_variables_go_before_those_for_all_and_ours_before_both()
    {
        (string, string)[] variables =
        [
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://all:4317"), ("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "http://metrics:4317"), ("OTEL_EXPORTER_OTLP_TIMEOUT", "1000"),
            ("OTEL_EXPORTER_OTLP_METRICS_TIMEOUT", "2000"), ("OTEL_METRIC_EXPORT_INTERVAL", "5000"), ("OTEL_EXPORTER_OTLP_METRICS_COMPRESSION", "gzip"),
        ];
        var options = Load(null, variables).Options!;
        Assert.Equal("http://metrics:4317/", options.OtlpMetrics.Connection.Target.ToString());
        Assert.Equal("http://all:4317/", options.Tracing.Connection.Target.ToString());
        Assert.Equal((2000, 1000), (options.OtlpMetrics.Connection.TimeoutMs, options.Tracing.Connection.TimeoutMs));
        Assert.Equal((OtlpCompression.Gzip, OtlpCompression.None), (options.OtlpMetrics.Connection.Compression, options.Tracing.Connection.Compression));
        Assert.Equal(5000, options.OtlpMetrics.IntervalMs);

        var overruled = Load(null, [.. variables, ("FLYMQ_OBSERVABILITY_METRICS_OTLP_ENDPOINT", "ours:1")], ("observability.metrics.otlp.enabled", "false")).Options!.OtlpMetrics;
        Assert.False(overruled.Enabled);
        Assert.Equal("http://ours:1/", overruled.Connection.Target.ToString());
    }

    [Theory]
    [InlineData("otlp", true)]
    [InlineData("prometheus,otlp", true)]
    [InlineData("none", false)]
    [InlineData("prometheus", false)]
    public void The_list_of_exporters_decides_where_there_is_one(string exporters, bool enabled)
    {
        var options = Load(null, [("OTEL_METRICS_EXPORTER", exporters), ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://all:4317")]).Options!;
        Assert.Equal(enabled, options.OtlpMetrics.Enabled);
        Assert.True(options.Tracing.Enabled);
        Assert.False(Load(null, [("OTEL_METRICS_EXPORTER", exporters), ("OTEL_SDK_DISABLED", "true")]).Options!.OtlpMetrics.Enabled);
    }

    [Fact]
    public void Another_temporality_is_ignored_with_a_warning()
    {
        var warning = Assert.Single(Load(null, [("OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE", "delta")]).Warnings);
        Assert.Contains("OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE = \"delta\"", warning, StringComparison.Ordinal);
        Assert.Contains("accepted: cumulative", warning, StringComparison.Ordinal);
        Assert.Empty(Load(null, [("OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE", "Cumulative")]).Warnings);
    }

    [Fact]
    public void A_clients_certificate_without_its_key_is_refused()
    {
        var problem = Problem(null, ("observability.metrics.otlp.enabled", "true"), ("observability.metrics.otlp.client_certificate_file", "a.pem"));
        Assert.Contains("observability.metrics.otlp.client_key_file", problem, StringComparison.Ordinal);
    }
}
