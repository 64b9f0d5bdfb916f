namespace FlyMQ.Compatibility.Results;

/// <summary>The columns of docs/clients.md.</summary>
internal static class ClientColumns
{
    public const string Confluent = "Confluent.Kafka";
    public const string Kcat = "kcat";
    public const string KafkaJs = "kafkajs";
    public const string KafkaPython = "kafka-python";
    public const string JavaClient = "Java client";
    public const string ApacheTools = "Apache Kafka's tools";

    public static IReadOnlyList<string> Names { get; } = [Confluent, Kcat, KafkaJs, KafkaPython, JavaClient, ApacheTools];

    public static IReadOnlyList<string> Versions { get; } =
    [
        "Confluent.Kafka 2.16.0", "kcat 1.7.1 (librdkafka 2.0.2)", "kafkajs 2.2.4", "kafka-python 2.0.2", "Apache Kafka 4.4.0 (client and tools)",
    ];
}
