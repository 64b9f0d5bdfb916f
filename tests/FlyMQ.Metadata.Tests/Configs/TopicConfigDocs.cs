using System.Text;
using FlyMQ.Metadata.Configs;

namespace FlyMQ.Metadata.Tests.Configs;

/// <summary>Makes docs/topic-configs.md from the table that checks and describes configurations.</summary>
internal static class TopicConfigDocs
{
    public static string Path { get; } = System.IO.Path.Combine(Root(), "docs", "topic-configs.md");

    public static string Render()
    {
        var text = new StringBuilder();
        text.Append("""
            # Topic configurations

            A topic takes Kafka's configuration keys with Kafka's names, defaults and ranges: set them when you create the topic, or
            later with any Kafka tool. `DescribeConfigs` (for example `kafka-configs.sh --describe --all`) shows the value that holds and
            where it comes from: the topic itself, this broker, all brokers, the broker's configuration file, or the default.

            A value out of range is refused with the key, the value and what is accepted. A key without effect yet is accepted, kept
            and shown, and setting it is logged as a warning.

            <!-- Made from src/FlyMQ.Metadata/Configs/TopicConfigs.cs by TopicConfigTests (FLYMQ_WRITE_DOCS=1 writes it). -->


            """.ReplaceLineEndings("\n"));
        text.Append("| key | type | default | accepted | broker key for its default | what it does |\n|---|---|---|---|---|---|\n");
        foreach (var key in TopicConfigs.Table.Keys)
        {
            var broker = string.Join(", ", key.BrokerSynonyms.Select(s => $"`{s.Name}`"));
            var about = key.NoEffectYet ? $"{key.About} **No effect yet.**" : key.About;
            text.Append($"| `{key.Name}` | {key.Type.ToString().ToLowerInvariant()} | {Code(key.Default)} | {Code(key.Rule.Accepted)} | {broker} | {about} |\n");
        }

        return text.ToString();
    }

    private static string Code(string? value) => string.IsNullOrEmpty(value) ? "" : $"`{value}`";

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(System.IO.Path.Combine(folder, "FlyMQ.slnx")))
        {
            folder = System.IO.Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("the repository's root is not above the tests");
        }

        return folder;
    }
}
