using FlyMQ.Server.Options;
using static FlyMQ.Server.Tests.Options.Loading;

namespace FlyMQ.Server.Tests.Options;

public sealed class ListenerRulesTests
{
    [Fact]
    public void Clients_are_told_the_address_of_the_listener_they_came_in_by()
    {
        var options = Accepted(
            """
            {
              "listeners": { "local": "localhost:9092", "external": "*:9192", "third": "[::1]:9292" },
              "advertised_listeners": { "external": "broker.example.org" },
              "inter_broker_listener": "external",
              "security": { "allow_plaintext_beyond_loopback": true }
            }
            """);
        Assert.Equal(["local", "external", "third"], options.Listeners.Select(l => l.Name));
        Assert.Equal(["localhost", "broker.example.org", "::1"], options.Listeners.Select(l => l.Advertised.ToString()));
        Assert.True(options.Listeners[1].Address.IsEveryAddress);
        Assert.Equal("external", options.InterBrokerListener);
    }

    [Theory]
    [InlineData("clients=0.0.0.0:9092")]
    [InlineData("clients=[::]:9092")]
    [InlineData("clients=::")]
    [InlineData("clients=*")]
    public void An_address_that_means_every_address_is_not_advertised(string advertised) =>
        Assert.StartsWith($"advertised_listeners = \"{advertised}\" (flag --advertised_listeners): not accepted", Problem(null, ("advertised_listeners", advertised)), StringComparison.Ordinal);

    [Theory]
    [InlineData("*:9092")]
    [InlineData("0.0.0.0:9092")]
    [InlineData("[::]:9092")]
    public void A_listener_on_every_address_needs_one_that_clients_are_told(string address) =>
        Assert.Contains(
            "accepted with an address for it in advertised_listeners",
            Problem(null, ("listeners", $"a={address}"), ("security.allow_plaintext_beyond_loopback", "true")), StringComparison.Ordinal);

    [Theory]
    [InlineData("listeners", "a=10.0.0.1:9092")]
    [InlineData("metadata.listen", "10.0.0.1:9093")]
    [InlineData("observability.metrics.listen", "*:9094")]
    public void Nothing_listens_beyond_loopback_unless_the_configuration_says_so(string key, string address)
    {
        Assert.Contains("security.allow_plaintext_beyond_loopback=true", Problem(null, (key, address)), StringComparison.Ordinal);
        Accepted(null, (key, address), ("security.allow_plaintext_beyond_loopback", "true"));
    }

    [Theory]
    [InlineData("a=127.0.0.2:9092")]
    [InlineData("a=[::1]:9092")]
    [InlineData("a=localhost:9092")]
    public void Loopback_needs_no_word(string listeners) => Accepted(null, ("listeners", listeners));

    [Fact]
    public void Two_listeners_on_one_port_are_refused()
    {
        Assert.Contains("the listener b and the listener a are both on port 9092", Problem(null, ("listeners", "a=localhost:9092,b=127.0.0.2:9092")), StringComparison.Ordinal);
        Assert.Contains("metadata.listen and the listener a are both on port 9093", Problem(null, ("listeners", "a=localhost:9093")), StringComparison.Ordinal);
        Assert.Contains("health.listen and the listener a are both on port 9095", Problem(null, ("listeners", "a=localhost:9095")), StringComparison.Ordinal);
        Assert.Contains("observability.metrics.listen and the listener a are both on port 9094", Problem(null, ("listeners", "a=localhost:9094")), StringComparison.Ordinal);
        Accepted(null, ("listeners", "a=localhost:0,b=localhost:0"));
        Accepted(null, ("listeners", "a=localhost:9095"), ("health.enabled", "false"));
    }

    [Fact]
    public void The_health_endpoint_only_answers_how_the_broker_is_and_may_be_reached_without_a_further_word() => Accepted(null, ("health.listen", "*:9095"));

    [Fact]
    public void Metrics_that_are_off_take_no_port()
    {
        Accepted(null, ("listeners", "a=localhost:9094"), ("observability.metrics.enabled", "false"));
        Accepted(null, ("observability.metrics.listen", "*:9094"), ("observability.metrics.enabled", "false"));
    }

    [Fact]
    public void Names_of_listeners_that_are_not_there_are_refused_with_those_that_are()
    {
        Assert.EndsWith("there is no such listener; accepted: clients", Problem(null, ("advertised_listeners", "b=localhost")), StringComparison.Ordinal);
        Assert.EndsWith("there is no such listener; accepted: clients", Problem(null, ("inter_broker_listener", "b")), StringComparison.Ordinal);
        Assert.Contains("at least one listener", Problem(null, ("listeners", "")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a")]
    [InlineData("a=localhost")]
    [InlineData("a=localhost:65536")]
    [InlineData("a=::1:9092")]
    [InlineData("a=[localhost]:9092")]
    [InlineData("a=example.org:9092")]
    [InlineData("a-b=localhost:9092")]
    [InlineData("a=localhost:9092,A=localhost:9192")]
    [InlineData("a=:9092")]
    public void Malformed_listeners_are_refused(string listeners) =>
        Assert.Contains("not accepted; accepted: names of letters", Problem(null, ("listeners", listeners)), StringComparison.Ordinal);

    [Fact]
    public void Numbers_that_contradict_each_other_are_refused()
    {
        Assert.Contains("accepted: 501 or more", Problem(null, ("metadata.election_timeout_max_ms", "500")), StringComparison.Ordinal);
        Assert.Contains("accepted: 600 or more (metadata.request_timeout_ms)", Problem(null, ("metadata.request_timeout_ms", "600")), StringComparison.Ordinal);
        Assert.Contains("accepted: 104857600 or more (network.socket_request_max_bytes)", Problem(null, ("network.request_memory_bytes", "2000000")), StringComparison.Ordinal);
    }

    [Fact]
    public void Addresses_are_written_as_they_are_read()
    {
        Assert.All(["localhost:1", "127.0.0.1:9092", "[::1]:9092", "*:0"], text =>
        {
            Assert.True(ListenAddress.TryParse(text, out var address));
            Assert.Equal(text, address.ToString());
        });
        Assert.All(["broker.example.org", "my_broker-1:9092", "broker.example.org:9092", "[fd00::1]:9092", "10.0.0.1"], text =>
        {
            Assert.True(AdvertisedAddress.TryParse(text, out var address));
            Assert.Equal(text, address.ToString());
        });
    }
}
