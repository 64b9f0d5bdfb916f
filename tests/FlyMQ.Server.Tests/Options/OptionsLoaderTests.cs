using FlyMQ.Server.Options;
using FlyMQ.Storage;
using Microsoft.Extensions.Logging;
using static FlyMQ.Server.Tests.Options.Loading;

namespace FlyMQ.Server.Tests.Options;

public sealed class OptionsLoaderTests
{
    [Fact]
    public void Without_any_source_every_value_is_the_default()
    {
        var loaded = Load();
        Assert.Empty(loaded.Problems);
        Assert.Empty(loaded.Warnings);
        Assert.All(loaded.Entries, e => Assert.Equal("default", e.Source));

        var options = loaded.Options!;
        Assert.Equal("/var/lib/flymq", options.DataDir);
        Assert.Equal(SyncMode.Commit, options.Storage.Sync);
        var listener = Assert.Single(options.Listeners);
        Assert.Equal("localhost:9092", listener.Address.ToString());
        Assert.Equal(["127.0.0.1", "::1"], listener.Address.Addresses.Select(a => a.ToString()));
        Assert.Equal(listener.Name, options.InterBrokerListener);
        Assert.Equal(9093, options.Metadata.Listen.Port);
    }

    [Fact]
    public void Options_made_without_the_loader_have_the_same_defaults()
    {
        var loaded = Load().Options!;
        var made = new BrokerOptions();
        Assert.Equal(loaded.Listeners, made.Listeners);
        Assert.Equal(loaded.KafkaBrokerConfigs, made.KafkaBrokerConfigs);
        // The lists compare by identity; the rest of the record by value.
        Assert.Equal(loaded, made with { Listeners = loaded.Listeners, KafkaBrokerConfigs = loaded.KafkaBrokerConfigs });
    }

    [Fact]
    public void A_flag_beats_the_environment_which_beats_the_file_which_beats_the_default()
    {
        const string file = """{ "node": { "id": 2, "rack": "file" }, "storage": { "sync": "none" } }""";
        var loaded = Load(file, [("FLYMQ_NODE_ID", "3"), ("FLYMQ_NODE_RACK", "environment")], ("node.id", "4"));
        Assert.Empty(loaded.Problems);
        Assert.Equal(4, loaded.Options!.Node.Id);
        Assert.Equal("environment", loaded.Options.Node.Rack);
        Assert.Equal(SyncMode.None, loaded.Options.Storage.Sync);

        string Source(string key) => loaded.Entries.Single(e => e.Key.Name == key).Source;
        Assert.Equal("flag --node.id", Source("node.id"));
        Assert.Equal("environment FLYMQ_NODE_RACK", Source("node.rack"));
        Assert.Equal("flymq.json:1:53", Source("storage.sync"));
        Assert.Equal("default", Source("data_dir"));
    }

    [Fact]
    public void Every_key_reaches_the_options_or_kafkas_view_of_them()
    {
        var defaults = Load().Options!;
        foreach (var key in OptionKeys.All.Where(k => !k.NotThereYet))
        {
            var loaded = Load(null, null, [.. OtherThanDefault(key), (key.Name, Another(key))]);
            Assert.True(loaded.Problems.Count == 0, $"{key}: {string.Join("; ", loaded.Problems)}");
            var changed = loaded.Options!;
            var same = changed with
            {
                Listeners = changed.Listeners.SequenceEqual(defaults.Listeners) ? defaults.Listeners : changed.Listeners,
                KafkaBrokerConfigs = changed.KafkaBrokerConfigs.SequenceEqual(defaults.KafkaBrokerConfigs) ? defaults.KafkaBrokerConfigs : changed.KafkaBrokerConfigs,
            };
            Assert.True(defaults != same, $"{key} = {Another(key)} changed nothing: the options do not take it");
        }
    }

    [Fact]
    public void Every_default_is_accepted_by_its_own_key()
    {
        Assert.All(OptionKeys.All, key =>
        {
            Assert.True(key.TryRead(key.DefaultText, out var value), $"{key} = {key.DefaultText}");
            Assert.Equal(key.DefaultText, key.WriteValue(value));
        });
    }

    [Fact]
    public void Names_flags_variables_and_kafkas_names_are_unambiguous()
    {
        Assert.Distinct(OptionKeys.All.Select(k => k.Name));
        Assert.Distinct(OptionKeys.All.Select(k => k.EnvironmentName));
        Assert.Distinct(OptionKeys.All.Where(k => k.KafkaName is not null).Select(k => k.KafkaName));
        Assert.All(OptionKeys.All, k => Assert.Matches("^([a-z0-9]+\\.)*[a-z0-9_]+$", k.Name));
    }

    [Fact]
    public void All_problems_are_found_at_once_each_with_key_value_range_and_nearest_key()
    {
        const string file = """
            {
              "storage": { "snyc": "commit", "sync_interval_ms": "100" },
              "stoarge": { "sync": "none" },
              "topics": { "num_partitions": 0, "retention_ms": -7 }
            }
            """;
        var loaded = Load(file, [("FLYMQ_NODE_ID", "-1")], ("logging.level", "loud"), ("log.retention.ms", "5"));
        Assert.Null(loaded.Options);
        Assert.Equal(
            [
                "storage.snyc = \"commit\" (flymq.json:2:16): unknown key; the nearest known key is storage.sync (accepted: commit, interval, none)",
                "storage.sync_interval_ms = \"100\" (flymq.json:2:34): must be a JSON number; accepted: a whole number, 1 to 3600000",
                "stoarge (flymq.json:3:3): unknown section; the nearest known one is storage",
                "log.retention.ms = \"5\" (flag --log.retention.ms): unknown key; the nearest known key is topics.retention_ms (accepted: [-1,...])",
                "topics.num_partitions = \"0\" (flymq.json:4:15): not accepted; accepted: a whole number, 1 to 100000",
                "topics.retention_ms = \"-7\" (flymq.json:4:36): not accepted; accepted: [-1,...]",
                "node.id = \"-1\" (environment FLYMQ_NODE_ID): not accepted; accepted: a whole number, 0 or more",
                "logging.level = \"loud\" (flag --logging.level): not accepted; accepted: trace, debug, info, warning, error, critical, none",
            ],
            loaded.Problems.Select(p => p.ToString()));
    }

    [Fact]
    public void A_wrong_value_is_a_problem_even_where_a_stronger_source_overrules_it()
    {
        Assert.StartsWith("node.id = \"-1\" (flymq.json:", Problem("""{ "node": { "id": -1 } }""", ("node.id", "1")), StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_variable_only_warns()
    {
        var loaded = Load(null, [("FLYMQ_SERVICE_HOST", "10.0.0.1"), ("FLYMQ_STORAGE_SNYC", "none"), ("PATH", "/bin")]);
        Assert.Empty(loaded.Problems);
        Assert.Equal(2, loaded.Warnings.Count);
        Assert.Contains(loaded.Warnings, w => w.Contains("FLYMQ_STORAGE_SNYC", StringComparison.Ordinal) && w.EndsWith("FLYMQ_STORAGE_SYNC.", StringComparison.Ordinal));
    }

    [Fact]
    public void A_key_without_effect_yet_warns_when_it_is_set()
    {
        var loaded = Load(null, null, ("admin.listen", "localhost:8180"), ("topics.flush_ms", "5"));
        Assert.Empty(loaded.Problems);
        Assert.Equal(["admin.listen (flag --admin.listen) has no effect yet.", "topics.flush_ms (flag --topics.flush_ms) has no effect yet."], loaded.Warnings.Order());
    }

    [Theory]
    [InlineData("trace", LogLevel.Trace)]
    [InlineData("INFO", LogLevel.Information)]
    public void Choices_do_not_depend_on_case(string text, LogLevel level) => Assert.Equal(level, Accepted(null, ("logging.level", text)).Logging.Level);

    // What has to be set beside a key so that its other value is accepted.
    private static IEnumerable<(string, string)> OtherThanDefault(OptionKey key) => key.Name switch
    {
        "inter_broker_listener" => [("listeners", "clients=localhost:9092,other=localhost:19092")],
        "metadata.election_timeout_min_ms" => [],
        _ => [],
    };

    private static string Another(OptionKey key) => key.Name switch
    {
        "listeners" => "other=localhost:19092",
        "advertised_listeners" => "clients=broker.example.org:9092",
        "inter_broker_listener" => "other",
        "metadata.listen" => "127.0.0.1:19093",
        "health.listen" => "127.0.0.1:19095",
        "observability.metrics.listen" => "127.0.0.1:19094",
        "observability.metrics.latency_buckets" => "0.001,0.5,2",
        "observability.clients.forward_endpoint" => "http://localhost:4318",
        "observability.tracing.endpoint" => "localhost:14317",
        "observability.tracing.sample_rate" => "0.2",
        "observability.tracing.protocol" => "http/protobuf",
        "observability.tracing.compression" => "gzip",
        "observability.tracing.headers" or "observability.tracing.resource_attributes" => "another=one",
        "storage.sync" => "none",
        "logging.level" => "debug",
        "logging.format" => "json",
        "topics.cleanup_policy" => "compact",
        "topics.compression_type" => "zstd",
        "topics.message_timestamp_type" => "LogAppendTime",
        "topics.compression_gzip_level" => "5",
        "metadata.request_timeout_ms" => "399",
        "storage.journal_file_bytes" => "67108863",
        "network.socket_request_max_bytes" => "104857599",
        "network.max_connections" or "network.max_connections_per_ip" or "groups.max_size" => "1000",
        "topics.message_timestamp_before_max_ms" => "1000",
        "observability.metrics.otlp.endpoint" => "localhost:14318",
        "observability.metrics.otlp.protocol" => "http/protobuf",
        "observability.metrics.otlp.compression" => "gzip",
        "observability.metrics.otlp.headers" => "another=one",
        _ when key.Form == OptionForm.Boolean => key.DefaultText == "true" ? "false" : "true",
        _ when key.Form == OptionForm.Number => (long.Parse(key.DefaultText, System.Globalization.CultureInfo.InvariantCulture) + 1).ToString(System.Globalization.CultureInfo.InvariantCulture),
        _ => "another",
    };
}
