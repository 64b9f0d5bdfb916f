using FlyMQ.Compatibility.Brokers;
using FlyMQ.Compatibility.Clients;
using FlyMQ.Compatibility.Processes;
using FlyMQ.Compatibility.Results;

namespace FlyMQ.Compatibility.Scenarios;

/// <summary>From a column's name to its client.</summary>
internal static class ClientFactory
{
    /// <summary>Skips the test, with what to install, where the client cannot run.</summary>
    public static void Require(string name)
    {
        switch (name)
        {
            case ClientColumns.KafkaJs:
                KafkaJsHelper.Require();
                break;
            case ClientColumns.KafkaPython:
                KafkaPythonHelper.Require();
                break;
            case ClientColumns.JavaClient:
                JavaHelper.Require();
                break;
        }
    }

    public static IKafkaClient Open(string name, BrokerProcess broker) => name switch
    {
        ClientColumns.Confluent => new ConfluentClient(broker),
        ClientColumns.KafkaJs => new HelperClient(broker.Address, KafkaJsHelper.Start),
        ClientColumns.KafkaPython => new HelperClient(broker.Address, KafkaPythonHelper.Start),
        ClientColumns.JavaClient => new HelperClient(broker.Address, JavaHelper.Start),
        _ => throw new ArgumentException($"no client is called {name}", nameof(name)),
    };
}
