using FlyMQ.Compatibility.Results;
using FlyMQ.Compatibility.Scenarios;

namespace FlyMQ.Compatibility.JavaClient;

[Client(ClientColumns.JavaClient)]
public sealed class JavaClientAdmin : AdminScenarios;
