using System.Text;
using System.Text.Json.Nodes;
using FlyMQ.Server.Health;
using static FlyMQ.Server.Tests.Health.Facts;

namespace FlyMQ.Server.Tests.Health;

public sealed class HealthJsonTests
{
    [Fact]
    public void The_guides_example_comes_out_of_its_own_facts_word_for_word_beside_our_further_checks()
    {
        var body = Render(Well);
        var guide = JsonNode.Parse(Guide.Response)!.AsObject();
        Assert.Equal(guide.Select(p => p.Key), body.Select(p => p.Key));
        var checks = body["checks"]!.AsObject();
        var guided = guide["checks"]!.AsObject();
        Assert.Equal(guided.Select(p => p.Key), checks.Select(p => p.Key).Take(guided.Count));
        foreach (var further in checks.Select(p => p.Key).Skip(guided.Count).ToList())
        {
            checks.Remove(further);
        }

        // Names, nesting, order, types and values.
        Assert.Equal(guide.ToJsonString(), body.ToJsonString());
    }

    [Fact]
    public void What_is_not_known_is_null_and_keeps_its_place()
    {
        var checks = Render(Well with { Phase = HealthPhase.Starting, Serving = null, Probe = ProbeFacts.None })["checks"]!;
        Assert.Equal(["status", "latency_ms"], checks["storage"]!.AsObject().Select(p => p.Key));
        Assert.Null(checks["storage"]!["latency_ms"]);
        Assert.Equal(["status", "leader", "reason", "message"], checks["cluster"]!.AsObject().Select(p => p.Key));
        Assert.Null(checks["cluster"]!["leader"]);
    }

    [Fact]
    public void A_check_that_is_not_healthy_says_why()
    {
        var storage = Render(Well with { Serving = Serving with { StorageFull = true } })["checks"]!["storage"]!;
        Assert.Equal("unhealthy", (string?)storage["status"]);
        Assert.Equal("storage_full", (string?)storage["reason"]);
        Assert.Equal("The disk has too little room (storage.min_free_bytes): produces are refused until there is more.", (string?)storage["message"]);
    }

    [Fact]
    public void Only_what_json_requires_is_escaped() =>
        Assert.Contains(
            "\"version\": \"0.1.0+1a2b3c4d\"",
            Encoding.UTF8.GetString(HealthRoutes.ToJson(Verdict(Well with { Version = "0.1.0+1a2b3c4d" }).Body)), StringComparison.Ordinal);

    [Theory]
    [InlineData("7.12:30:59", "7d12h30m")]
    [InlineData("1.00:00:00", "1d0h0m")]
    [InlineData("400.01:02:00", "400d1h2m")]
    [InlineData("23:59:59", "23h59m")]
    [InlineData("12:00:00", "12h0m")]
    [InlineData("00:59:59", "59m")]
    [InlineData("00:00:59.9", "59s")]
    [InlineData("00:00:00", "0s")]
    [InlineData("-00:00:01", "0s")]
    public void Uptime_is_written_as_the_guide_does(string uptime, string expected) =>
        Assert.Equal(expected, UptimeText.Of(TimeSpan.Parse(uptime, System.Globalization.CultureInfo.InvariantCulture)));

    private static JsonObject Render(HealthFacts facts) =>
        JsonNode.Parse(HealthRoutes.ToJson(Verdict(facts).Body))!.AsObject();
}
