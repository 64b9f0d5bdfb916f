using FlyMQ.Compatibility.Results;
using FlyMQ.Compatibility.Scenarios;

namespace FlyMQ.Compatibility.KafkaPython;

[Client(ClientColumns.KafkaPython)]
public sealed class KafkaPythonData : DataScenarios;
