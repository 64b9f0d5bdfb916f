namespace FlyMQ.Broker.Telemetry;

/// <summary>What tells the series of one client apart. An attribute that a metric does not have is empty.</summary>
/// <param name="Metric">As the client calls it: <c>org.apache.kafka.producer.record.send.total</c>.</param>
/// <param name="IsCounter">Whether it only grows.</param>
/// <param name="NodeId">The broker that the client tells of; <c>node--1</c> and the like from Java.</param>
/// <param name="Attributes">All others: <c>name=value</c>, by name, with commas between them.</param>
public readonly record struct SeriesKey(string Metric, bool IsCounter, string Topic, string Partition, string NodeId, string Attributes);
