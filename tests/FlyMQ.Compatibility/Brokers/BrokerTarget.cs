namespace FlyMQ.Compatibility.Brokers;

/// <summary>What the suite runs against. Apache Kafka serves to check the tests themselves: what it fails is no fault of FlyMQ.</summary>
internal enum BrokerTarget
{
    FlyMQ,
    ApacheKafka,
}
