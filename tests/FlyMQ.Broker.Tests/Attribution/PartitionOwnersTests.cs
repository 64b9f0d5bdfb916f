using FlyMQ.Broker.Coordinators;
using FlyMQ.Coordination;
using FlyMQ.Partitions;

namespace FlyMQ.Broker.Tests.Attribution;

public sealed class PartitionOwnersTests
{
    private readonly PartitionOwners _owners = new();

    [Fact]
    public void A_fetch_belongs_to_the_one_group_whose_member_has_its_client_id_and_host_and_the_partition()
    {
        _owners.Set("g", "g", [Of("orders", 0, "client", "/10.0.0.1"), Of("orders", 1, "client", "/10.0.0.2")]);
        Assert.Equal("g", _owners.Of("orders", 0, "client", "/10.0.0.1").Group);
        Assert.Equal("g", _owners.Of("orders", 1, "client", "/10.0.0.2").Group);
        Assert.Equal(FetchOwner.Nobody(UnattributedReason.OtherClient), _owners.Of("orders", 1, "client", "/10.0.0.1"));
        Assert.Equal(FetchOwner.Nobody(UnattributedReason.OtherClient), _owners.Of("orders", 0, "another", "/10.0.0.1"));
        Assert.Equal(FetchOwner.Nobody(UnattributedReason.NoGroup), _owners.Of("payments", 0, "client", "/10.0.0.1"));
    }

    [Fact]
    public void Where_it_could_be_two_groups_it_is_none()
    {
        _owners.Set("g", "g", [Of("orders", 0, "client", "/h")]);
        _owners.Set("h", "h", [Of("orders", 0, "client", "/h")]);
        _owners.Set("i", "i", [Of("orders", 0, "another", "/h")]);
        Assert.Equal(FetchOwner.Nobody(UnattributedReason.SeveralGroups), _owners.Of("orders", 0, "client", "/h"));
        Assert.Equal("i", _owners.Of("orders", 0, "another", "/h").Group);
        _owners.Remove("h");
        Assert.Equal("g", _owners.Of("orders", 0, "client", "/h").Group);
    }

    [Fact]
    public void What_a_group_had_before_it_has_no_more()
    {
        _owners.Set("g", "g", [Of("orders", 0, "client", "/h"), Of("orders", 1, "client", "/h")]);
        _owners.Set("g", "g", [Of("orders", 1, "client", "/h")]);
        Assert.Equal(FetchOwner.Nobody(UnattributedReason.NoGroup), _owners.Of("orders", 0, "client", "/h"));
        Assert.Equal("g", _owners.Of("orders", 1, "client", "/h").Group);
    }

    [Fact]
    public void A_client_without_an_id_is_told_from_none()
    {
        _owners.Set("g", "g", [Of("orders", 0, "", "/h")]);
        Assert.Equal("g", _owners.Of("orders", 0, null, "/h").Group);
    }

    [Fact]
    public void Groups_that_are_counted_together_need_not_be_told_apart()
    {
        _owners.Set("g", "<other>", [Of("orders", 0, "client", "/h")]);
        _owners.Set("h", "<other>", [Of("orders", 0, "client", "/h")]);
        Assert.Equal("<other>", _owners.Of("orders", 0, "client", "/h").Group);
        _owners.Remove("g");
        Assert.Equal("<other>", _owners.Of("orders", 0, "client", "/h").Group);
    }

    [Fact]
    public void Looking_up_allocates_nothing()
    {
        _owners.Set("g", "g", [Of("orders", 0, "client", "/h")]);
        _owners.Of("orders", 0, "client", "/h");
        var before = GC.GetAllocatedBytesForCurrentThread();
        _owners.Of("orders", 0, "client", "/h");
        _owners.Of("orders", 1, "client", "/h");
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static AssignedPartition Of(string topic, int partition, string clientId, string host) => new(topic, partition, clientId, host);
}
