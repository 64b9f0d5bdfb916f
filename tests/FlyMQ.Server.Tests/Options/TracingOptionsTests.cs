using FlyMQ.Server.Options;

namespace FlyMQ.Server.Tests.Options;

public sealed class TracingOptionsTests
{
    private const string GuidesBlock = """
        {
          "observability": {
            "tracing": {
              "enabled": true,
              "endpoint": "localhost:4317",
              "sample_rate": 0.1,
              "service_name": "flymq"
            }
          }
        }
        """;

    [Fact]
    public void The_guides_block_is_accepted_as_it_stands()
    {
        Assert.Contains(GuidesBlock, File.ReadAllText(Path.Combine(Repository.Root, "tests/FlyMQ.Compatibility/Traces/guide-traces.md")), StringComparison.Ordinal);
        var loaded = Loading.Load(GuidesBlock);
        Assert.Empty(loaded.Problems);
        Assert.Empty(loaded.Warnings);
        var tracing = loaded.Options!.Tracing;
        Assert.Equal((true, 0.1, "flymq", OtlpProtocol.Grpc, new Uri("http://localhost:4317")), (tracing.Enabled, tracing.SampleRate, tracing.ServiceName, tracing.Connection.Protocol, tracing.Connection.Target));
    }

    [Theory]
    [InlineData("observability")]
    [InlineData("tracing")]
    [InlineData("enabled")]
    [InlineData("endpoint")]
    [InlineData("sample_rate")]
    [InlineData("service_name")]
    public void A_block_with_another_name_is_not(string name) =>
        Assert.NotEmpty(Loading.Load(GuidesBlock.Replace($"\"{name}\"", $"\"{name}s\"", StringComparison.Ordinal)).Problems);

    [Fact]
    public void It_is_off_until_somebody_asks_for_it_and_the_rest_is_the_guides()
    {
        var tracing = Loading.Accepted().Tracing;
        Assert.False(tracing.Enabled);
        Assert.Equal((0.1, "flymq", "localhost:4317"), (tracing.SampleRate, tracing.ServiceName, tracing.Connection.Endpoint.ToString()));
    }

    [Theory]
    [InlineData("localhost:4317", "grpc", "http://localhost:4317/")]
    [InlineData("[::1]:4317", "grpc", "http://[::1]:4317/")]
    [InlineData("https://otel.example", "grpc", "https://otel.example/")]
    [InlineData("localhost:4318", "http/protobuf", "http://localhost:4318/v1/traces")]
    [InlineData("http://localhost:4318/", "http/protobuf", "http://localhost:4318/v1/traces")]
    [InlineData("https://otel.example/api/otlp", "http/protobuf", "https://otel.example/api/otlp")]
    public void Where_spans_go(string endpoint, string protocol, string target) => Assert.Equal(
        target, Loading.Accepted(null, ("observability.tracing.endpoint", endpoint), ("observability.tracing.protocol", protocol)).Tracing.Connection.Target.AbsoluteUri);

    [Theory]
    [InlineData("endpoint", "localhost", "host:port, or http:// or https://")]
    [InlineData("endpoint", "ftp://localhost:21", "host:port")]
    [InlineData("endpoint", "http://user:secret@localhost:1", "host:port")]
    [InlineData("endpoint", "http://", "host:port")]
    [InlineData("endpoint", "localhost:99999", "host:port")]
    [InlineData("endpoint", "", "host:port")]
    [InlineData("sample_rate", "1.1", "a number, 0 to 1")]
    [InlineData("sample_rate", "-0.1", "a number, 0 to 1")]
    [InlineData("sample_rate", "NaN", "a number, 0 to 1")]
    [InlineData("sample_rate", "ten", "a number, 0 to 1")]
    [InlineData("service_name", "", "any text but none")]
    [InlineData("protocol", "http/json", "grpc, http/protobuf")]
    [InlineData("max_spans_per_second", "9", "a whole number, 10 to 1000000")]
    [InlineData("queue_size", "0", "a whole number, 1 to 1000000")]
    [InlineData("resource_attributes", "nothing", "names, each with a text")]
    public void What_is_not_accepted_is_named_with_what_would_be(string key, string value, string accepted)
    {
        var problem = Loading.Problem(null, ($"observability.tracing.{key}", value));
        Assert.StartsWith($"observability.tracing.{key} = \"{value}\"", problem, StringComparison.Ordinal);
        Assert.Contains($"accepted: {accepted}", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Headers_are_an_object_of_texts_and_a_secret()
    {
        const string file = """{ "observability": { "tracing": { "headers": { "authorization": "Basic YTpi==", "x-list": "a%2Cb%25" } } } }""";
        var loaded = Loading.Load(file);
        Assert.Equal([("authorization", "Basic YTpi=="), ("x-list", "a,b%")], loaded.Options!.Tracing.Connection.Headers.Select(h => (h.Key, h.Value)));
        Assert.Equal("********", loaded.Entries.Single(e => e.Key == TracingKeys.Connection.Headers).Shown);
        Assert.DoesNotContain("hunter2", Loading.Problem("""{ "observability": { "tracing": { "headers": { "no token": "hunter2" } } } }"""), StringComparison.Ordinal);
    }

    [Fact]
    public void A_client_certificate_needs_its_key() => Assert.Contains(
        "accepted: with observability.tracing.client_key_file",
        Loading.Problem(null, ("observability.tracing.enabled", "true"), ("observability.tracing.client_certificate_file", "/c.pem")),
        StringComparison.Ordinal);

    [Fact]
    public void The_variables_of_OpenTelemetry_fill_what_is_left_out()
    {
        (string, string)[] environment =
        [
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "https://collector:4318/otlp"), ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"), ("OTEL_EXPORTER_OTLP_HEADERS", "api-key=a%2Cb"),
            ("OTEL_EXPORTER_OTLP_TIMEOUT", "3000"), ("OTEL_EXPORTER_OTLP_CERTIFICATE", "/ca.pem"), ("OTEL_EXPORTER_OTLP_COMPRESSION", "gzip"), ("OTEL_SERVICE_NAME", "orders"),
            ("OTEL_RESOURCE_ATTRIBUTES", "service.name=other,deployment.environment.name=test"), ("OTEL_TRACES_SAMPLER", "parentbased_traceidratio"), ("OTEL_TRACES_SAMPLER_ARG", "0.25"),
            ("OTEL_BSP_MAX_QUEUE_SIZE", "100"), ("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "10"), ("OTEL_BSP_SCHEDULE_DELAY", "250"),
        ];
        var loaded = Loading.Load(null, environment);
        Assert.Empty(loaded.Problems);
        Assert.Empty(loaded.Warnings);
        var tracing = loaded.Options!.Tracing;
        Assert.True(tracing.Enabled);
        Assert.Equal("https://collector:4318/otlp/v1/traces", tracing.Connection.Target.AbsoluteUri);
        Assert.Equal("a,b", tracing.Connection.Headers["api-key"]);
        Assert.Equal((3000, "/ca.pem", OtlpCompression.Gzip, "orders", 0.25), (tracing.Connection.TimeoutMs, tracing.Connection.Certificate, tracing.Connection.Compression, tracing.ServiceName, tracing.SampleRate));
        Assert.Equal("test", tracing.ResourceAttributes["deployment.environment.name"]);
        Assert.Equal((100, 10, 250), (tracing.QueueSize, tracing.BatchSize, tracing.BatchDelayMs));
        Assert.Equal("environment OTEL_SERVICE_NAME", loaded.Entries.Single(e => e.Key == TracingKeys.ServiceName).Source);
    }

    [Fact]
    public void They_are_weaker_than_file_environment_and_flags()
    {
        (string, string)[] environment = [("OTEL_SERVICE_NAME", "weak"), ("OTEL_TRACES_SAMPLER", "always_on"), ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://weak:1"), ("FLYMQ_OBSERVABILITY_TRACING_SAMPLE_RATE", "0.5")];
        var tracing = Loading.Load(GuidesBlock, environment, ("observability.tracing.service_name", "strong")).Options!.Tracing;
        Assert.Equal(("strong", 0.5, "localhost:4317"), (tracing.ServiceName, tracing.SampleRate, tracing.Connection.Endpoint.ToString()));
        Assert.False(Loading.Load("""{ "observability": { "tracing": { "enabled": false } } }""", environment).Options!.Tracing.Enabled);
    }

    [Fact]
    public void The_one_for_traces_is_taken_before_the_one_for_all_and_as_it_stands()
    {
        (string, string)[] environment =
        [
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://all:4318"), ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://traces:4318/own"),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"), ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "http/protobuf"), ("OTEL_RESOURCE_ATTRIBUTES", "service.name=of-the-resource"),
        ];
        var tracing = Loading.Load(null, environment).Options!.Tracing;
        Assert.Equal(("http://traces:4318/own", "of-the-resource"), (tracing.Connection.Target.AbsoluteUri, tracing.ServiceName));
        // A base of http/protobuf gets the path behind it, also where the file says which protocol.
        Assert.Equal("http://all:4318/x", Loading.Load(null, [("OTEL_EXPORTER_OTLP_ENDPOINT", "http://all:4318/x")]).Options!.Tracing.Connection.Target.AbsoluteUri);
        Assert.Equal(
            "http://all:4318/x/v1/traces",
            Loading.Load(null, [("OTEL_EXPORTER_OTLP_ENDPOINT", "http://all:4318/x")], ("observability.tracing.protocol", "http/protobuf")).Options!.Tracing.Connection.Target.AbsoluteUri);
    }

    [Theory]
    [InlineData("OTEL_SDK_DISABLED", "true")]
    [InlineData("OTEL_TRACES_EXPORTER", "none")]
    public void One_that_switches_it_off_is_stronger_than_one_that_names_an_endpoint(string name, string value) =>
        Assert.False(Loading.Load(null, [("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:1"), (name, value)]).Options!.Tracing.Enabled);

    [Theory]
    [InlineData("OTEL_BSP_MAX_QUEUE_SIZE", "many", "many")]
    [InlineData("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json", "http/json")]
    [InlineData("OTEL_TRACES_SAMPLER", "jaeger_remote", "jaeger_remote")]
    [InlineData("OTEL_EXPORTER_OTLP_HEADERS", "hunter2", "********")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "nonsense", "nonsense")]
    public void One_that_is_not_accepted_is_ignored_with_a_warning(string name, string value, string shown)
    {
        var loaded = Loading.Load(null, [(name, value)]);
        Assert.Empty(loaded.Problems);
        var warning = loaded.Warnings[^1];
        Assert.StartsWith($"The environment variable {name} = \"{shown}\" is not accepted and is ignored; accepted: ", warning, StringComparison.Ordinal);
        Assert.Equal(new TracingOptions().QueueSize, loaded.Options!.Tracing.QueueSize);
    }

    [Fact]
    public void What_Kubernetes_says_of_services_of_these_names_changes_nothing()
    {
        (string, string)[] environment =
        [
            ("FLYMQ_SERVICE_HOST", "10.0.0.1"), ("FLYMQ_PORT", "tcp://10.0.0.1:9092"), ("FLYMQ_PORT_4317_TCP", "tcp://10.0.0.1:4317"),
            ("OTEL_SERVICE_HOST", "10.0.0.2"), ("OTEL_SERVICE_PORT", "4317"), ("OTEL_PORT", "tcp://10.0.0.2:4317"), ("OTEL_EXPORTER_OTLP_HEADERS", ""),
        ];
        var loaded = Loading.Load(null, environment);
        Assert.Empty(loaded.Problems);
        Assert.All(TracingKeys.Section.Keys, key => Assert.Equal("default", loaded.Entries.Single(e => e.Key == key).Source));
    }
}
