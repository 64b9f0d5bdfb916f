using System.Text;
using FlyMQ.Server.Options;

namespace FlyMQ.Server.Tests.Options;

/// <summary>Makes docs/configuration.md from the keys' declarations.</summary>
internal static class ConfigurationPage
{
    public static string Path { get; } = System.IO.Path.Combine(Repository.Root, "docs", "configuration.md");

    public static string Render()
    {
        var text = new StringBuilder();
        text.Append("""
            # Configuration

            One JSON file: `--config FILE`, else the file that `FLYMQ_CONFIG` names, else `./flymq.json`, else `/etc/flymq/flymq.json`; without a file
            everything has its default. Comments and trailing commas are allowed.

            ```json
            {
              "data_dir": "/srv/flymq",
              "listeners": { "clients": "localhost:9092", "network": "*:9192" },
              "advertised_listeners": { "network": "broker.example.org" },
              "security": { "allow_plaintext_beyond_loopback": true },
              "storage": { "sync": "commit" },
              "topics": { "retention_ms": 86400000 }
            }
            ```

            Every key is also a flag and an environment variable: `storage.sync` is `--storage.sync none` and `FLYMQ_STORAGE_SYNC=none`. A flag beats
            the environment, which beats the file, which beats the default. A map (`listeners`) is written `name=address,name=address` there.

            `flymq config print` shows the effective configuration and where every value comes from, `flymq config check` only checks. Whatever is
            wrong is reported at once, each with the key, the value, what is accepted and the nearest known key, and the exit code is 2. An unknown
            `FLYMQ_*` variable only warns, since Kubernetes makes some by itself.

            Sizes are in bytes, times in milliseconds unless the name says otherwise. Keys with a name of Kafka's are shown under it by `DescribeConfigs`;
            the ones marked *dynamic* can be changed under that name while the broker runs (`kafka-configs.sh --alter`), which then beats this
            configuration and survives restarts. What a topic can set itself: [topic-configs.md](topic-configs.md).

            ## Ports

            | port | for |
            |---|---|
            | 9092 | clients (`listeners`) |
            | 9093 | the metadata quorum, Raft (`metadata.listen`) |
            | 9094 | metrics, HTTP (`observability.metrics.listen`) |
            | 9095 | health checks (`health.listen`) |
            | 8080 | administration; not there yet |

            The default listener binds 127.0.0.1 and ::1. There is no authentication yet, so a listener that other machines reach is refused unless
            `security.allow_plaintext_beyond_loopback` is `true`.

            ## Keys

            <!-- From here on made from src/FlyMQ.Server/Options by ConfigurationPageTests (FLYMQ_WRITE_DOCS=1 writes it). -->

            """.ReplaceLineEndings("\n"));
        foreach (var section in OptionKeys.Sections)
        {
            text.Append($"\n### {(section.Name.Length == 0 ? "At the top" : $"`{section.Name}`")}\n\n{section.About}\n\n");
            text.Append("| key | default | accepted | Kafka's name | what it does |\n|---|---|---|---|---|\n");
            foreach (var key in section.Keys)
            {
                var kafka = key.KafkaName is { } name ? $"`{name}`{(key.Dynamic ? ", dynamic" : "")}" : "";
                var later = key.NotThereYet && !key.About.EndsWith("No effect yet.", StringComparison.Ordinal) ? " No effect yet." : "";
                text.Append($"| `{key.Name}` | {Code(key.DefaultText)} | {key.Accepted.Replace("|", "\\|", StringComparison.Ordinal)} | {kafka} | {key.About}{later} |\n");
            }
        }

        return text.ToString();
    }

    private static string Code(string value) => value.Length == 0 ? "" : $"`{value}`";
}
