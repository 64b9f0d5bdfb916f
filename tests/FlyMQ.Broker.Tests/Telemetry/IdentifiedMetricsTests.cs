using FlyMQ.Broker.Telemetry;
using FlyMQ.Broker.Telemetry.Otlp;

namespace FlyMQ.Broker.Tests.Telemetry;

public sealed class IdentifiedMetricsTests
{
    private static readonly ClientIdentity Client = new(Guid.Parse("01020304-0506-0708-090a-0b0c0d0e0f10"), "orders-service", "apache-kafka-java", "4.4.0", "10.0.0.1", 4242);

    private static readonly byte[] Ours = Otlp.Concat(
        Otlp.Attribute(1, "client_instance_id", "AQIDBAUGBwgJCgsMDQ4PEA"), Otlp.Attribute(1, "client_id", "orders-service"), Otlp.Attribute(1, "client_software_name", "apache-kafka-java"),
        Otlp.Attribute(1, "client_software_version", "4.4.0"), Otlp.Attribute(1, "client_source_address", "10.0.0.1"), Otlp.Attribute(1, "client_source_port", "4242"), Otlp.Attribute(1, "broker_id", "7"));

    private static readonly byte[] Scope = Otlp.Message(2, Otlp.Total("m", 1));

    [Fact]
    public void Who_the_client_is_stands_behind_what_it_says_of_itself()
    {
        var group = Otlp.Attribute(1, "group_id", "g");
        var data = Otlp.Message(1, Otlp.Message(1, group, Otlp.Number(2, 3)), Scope, Otlp.Text(3, "schema"));
        Assert.Equal(Otlp.Message(1, Otlp.Message(1, group, Otlp.Number(2, 3), Ours), Scope, Otlp.Text(3, "schema")), IdentifiedMetrics.Write(data, Client, 7, 10_000));
    }

    [Fact]
    public void A_resource_that_was_not_there_is_made_and_each_one_gets_it()
    {
        var data = Otlp.Concat(Otlp.Message(1, Scope), Otlp.Number(9, 1), Otlp.Message(1, Scope));
        Assert.Equal(
            Otlp.Concat(Otlp.Message(1, Otlp.Message(1, Ours), Scope), Otlp.Number(9, 1), Otlp.Message(1, Otlp.Message(1, Ours), Scope)), IdentifiedMetrics.Write(data, Client, 7, 10_000));
    }

    [Fact]
    public void A_client_cannot_pass_for_another()
    {
        var data = Otlp.Message(1, Otlp.Message(1, Otlp.Attribute(1, "client_id", "billing"), Otlp.Attribute(1, "rack", "r1")), Scope, Otlp.Message(1, Otlp.Attribute(1, "broker_id", "8")));
        Assert.Equal(Otlp.Message(1, Otlp.Message(1, Otlp.Attribute(1, "rack", "r1"), Ours), Scope), IdentifiedMetrics.Write(data, Client, 7, 10_000));
    }

    [Fact]
    public void More_than_may_come_of_it_does_not()
    {
        var data = Otlp.Concat([.. Enumerable.Range(0, 100).Select(_ => Otlp.Message(1, Scope))]);
        Assert.Null(IdentifiedMetrics.Write(data, Client, 7, 10_000));
        Assert.NotNull(IdentifiedMetrics.Write(data, Client, 7, 100_000));
    }
}
