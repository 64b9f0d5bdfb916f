using FlyMQ.Metadata.Configs;

namespace FlyMQ.Metadata.Tests.Configs;

public sealed class ClientMetricsConfigsTests
{
    [Theory]
    [InlineData("interval.ms", "99", false)]
    [InlineData("interval.ms", "100", true)]
    [InlineData("interval.ms", "3600000", true)]
    [InlineData("interval.ms", "3600001", false)]
    [InlineData("metrics", "org.apache.kafka.producer., org.apache.kafka.consumer.", true)]
    [InlineData("metrics", "*", true)]
    [InlineData("match", "", true)]
    [InlineData("match", "client_id=a.*, client_software_name = apache-kafka-java", true)]
    [InlineData("match", "client_id", false)]
    [InlineData("match", "client_id=", false)]
    [InlineData("match", "name=a", false)]
    [InlineData("match", "client_id=(", false)]
    [InlineData("match", "client_id=a)(b", false)]
    [InlineData("match", "client_id=*", false)]
    [InlineData("match", "client_id=(?=a)a", false)]
    [InlineData("match", "client_id=(a)\\1", false)]
    public void A_value_that_could_not_hold_is_refused(string key, string value, bool accepted) =>
        Assert.Equal(accepted, ClientMetricsConfigs.Table[key].Problem(value) is null);

    [Fact]
    public void Everything_has_an_effect() => Assert.All(ClientMetricsConfigs.Table.Keys, k => Assert.False(k.NoEffectYet));

    [Fact]
    public void A_pattern_matches_the_whole_value_only()
    {
        var pattern = ClientMetricsConfigs.PatternsOf("client_id=ab|cd")!["client_id"];
        Assert.True(pattern.IsMatch("ab") && pattern.IsMatch("cd"));
        Assert.False(pattern.IsMatch("abx") || pattern.IsMatch("xcd") || pattern.IsMatch("ab\n"));
    }
}
