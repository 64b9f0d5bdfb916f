using FlyMQ.Compatibility.Brokers;

[assembly: AssemblyFixture(typeof(BrokerPool))]
