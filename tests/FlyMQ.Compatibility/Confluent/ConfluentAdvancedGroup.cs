using FlyMQ.Compatibility.Results;
using FlyMQ.Compatibility.Scenarios;

namespace FlyMQ.Compatibility.Confluent;

[Client(ClientColumns.Confluent)]
public sealed class ConfluentAdvancedGroup : AdvancedGroupScenarios;
