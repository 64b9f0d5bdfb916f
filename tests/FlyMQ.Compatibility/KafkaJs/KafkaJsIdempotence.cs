using FlyMQ.Compatibility.Results;
using FlyMQ.Compatibility.Scenarios;

namespace FlyMQ.Compatibility.KafkaJs;

[Client(ClientColumns.KafkaJs)]
public sealed class KafkaJsIdempotence : IdempotenceScenarios;
