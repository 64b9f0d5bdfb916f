using FlyMQ.Broker.Coordinators;
using FlyMQ.Coordination;

namespace FlyMQ.Broker.Tests.Attribution;

public sealed class PartitionOwnersTests
{
    private readonly PartitionOwners _owners = new();

    [Fact]
    public void A_fetch_belongs_to_the_one_group_whose_member_has_its_client_id_and_host_and_the_partition()
    {
        _owners.Set("g", [Of("orders", 0, "client", "/10.0.0.1"), Of("orders", 1, "client", "/10.0.0.2")]);
        Assert.Equal("g", _owners.GroupOf("orders", 0, "client", "/10.0.0.1"));
        Assert.Equal("g", _owners.GroupOf("orders", 1, "client", "/10.0.0.2"));
        Assert.Null(_owners.GroupOf("orders", 1, "client", "/10.0.0.1"));
        Assert.Null(_owners.GroupOf("orders", 0, "another", "/10.0.0.1"));
        Assert.Null(_owners.GroupOf("payments", 0, "client", "/10.0.0.1"));
    }

    [Fact]
    public void Where_it_could_be_two_groups_it_is_none()
    {
        _owners.Set("g", [Of("orders", 0, "client", "/h")]);
        _owners.Set("h", [Of("orders", 0, "client", "/h")]);
        _owners.Set("i", [Of("orders", 0, "another", "/h")]);
        Assert.Null(_owners.GroupOf("orders", 0, "client", "/h"));
        Assert.Equal("i", _owners.GroupOf("orders", 0, "another", "/h"));
        _owners.Set("h", []);
        Assert.Equal("g", _owners.GroupOf("orders", 0, "client", "/h"));
    }

    [Fact]
    public void What_a_group_had_before_it_has_no_more()
    {
        _owners.Set("g", [Of("orders", 0, "client", "/h"), Of("orders", 1, "client", "/h")]);
        _owners.Set("g", [Of("orders", 1, "client", "/h")]);
        Assert.Null(_owners.GroupOf("orders", 0, "client", "/h"));
        Assert.Equal("g", _owners.GroupOf("orders", 1, "client", "/h"));
    }

    [Fact]
    public void A_client_without_an_id_is_told_from_none()
    {
        _owners.Set("g", [Of("orders", 0, "", "/h")]);
        Assert.Equal("g", _owners.GroupOf("orders", 0, null, "/h"));
    }

    [Fact]
    public void Looking_up_allocates_nothing()
    {
        _owners.Set("g", [Of("orders", 0, "client", "/h")]);
        _owners.GroupOf("orders", 0, "client", "/h");
        var before = GC.GetAllocatedBytesForCurrentThread();
        _owners.GroupOf("orders", 0, "client", "/h");
        _owners.GroupOf("orders", 1, "client", "/h");
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static AssignedPartition Of(string topic, int partition, string clientId, string host) => new(topic, partition, clientId, host);
}
