using System.Text;
using CsCheck;
using FlyMQ.Server.Options;
using static FlyMQ.Server.Tests.Options.Loading;

namespace FlyMQ.Server.Tests.Options;

public sealed class ConfigFileTests
{
    [Theory]
    [InlineData("{ \"storage\":\n  { \"sync\" 5 } }", "flymq.json (flymq.json:2:12): not JSON:")]
    [InlineData("", "flymq.json (flymq.json:1:1): not JSON:")]
    [InlineData("{ \"node\": { \"id\": 1 }", "flymq.json (flymq.json:1:22): not JSON:")]
    [InlineData("{ \"data_dir\": \"\\ud800\" }", "flymq.json (flymq.json:1:15): not Unicode text; accepted: UTF-8")]
    [InlineData("\uFEFF{ \"node\": { \"id\": -1 } }", "node.id = \"-1\" (flymq.json:1:13): not accepted")]
    [InlineData("[]", "flymq.json (flymq.json:1:1): a configuration file is one JSON object")]
    public void What_is_wrong_is_named_with_line_and_column(string file, string expected) => Assert.StartsWith(expected, Problem(file), StringComparison.Ordinal);

    [Fact]
    public void Comments_trailing_commas_and_a_byte_order_mark_are_allowed() =>
        Assert.Equal(7, Accepted("\uFEFF{ // the first node\n \"node\": { \"id\": 7, /* later */ }, }").Node.Id);

    [Fact]
    public void Columns_count_characters_not_bytes() =>
        Assert.StartsWith("node.id = \"-1\" (flymq.json:1:26):", Problem("""{ "node": { "rack": "ö", "id": -1 } }"""), StringComparison.Ordinal);

    [Fact]
    public void A_key_that_is_in_the_file_twice_is_refused() =>
        Assert.Equal("node.id (flymq.json:2:3): is in the file twice; accepted: once", Problem("{ \"node\": { \"id\": 1,\n  \"id\": 2 } }"));

    [Theory]
    [InlineData("""{ "storage": "commit" }""", "storage = \"commit\" (flymq.json:1:3): is a section; accepted: an object of its keys")]
    [InlineData("""{ "node": { "id": "1" } }""", "node.id = \"1\" (flymq.json:1:13): must be a JSON number; accepted: a whole number, 0 or more")]
    [InlineData("""{ "node": { "id": 1.5 } }""", "node.id = \"1.5\" (flymq.json:1:13): not accepted; accepted: a whole number, 0 or more")]
    [InlineData("""{ "node": { "id": [1] } }""", "node.id = \"[…]\" (flymq.json:1:13): must be a JSON number; accepted: a whole number, 0 or more")]
    [InlineData("""{ "data_dir": null }""", "data_dir = \"null\" (flymq.json:1:3): must be a JSON string; accepted: a folder's path")]
    [InlineData("""{ "topics": { "auto_create": "true" } }""", "topics.auto_create = \"true\" (flymq.json:1:15): must be a JSON true or false; accepted: true or false")]
    [InlineData("""{ "topics": { "log": { "retention": { "ms": 5 } } } }""", "topics.log = \"{…}\" (flymq.json:1:15): unknown key; the nearest known key is topics.")]
    [InlineData("""{ "observability": { "metrics": { "latency_buckets": 5 } } }""", "observability.metrics.latency_buckets = \"5\" (flymq.json:1:35): must be a JSON array of numbers; accepted: 1 to 100 numbers, each greater than the one before, 0.000001 to 3600; as text")]
    [InlineData("""{ "observability": { "metrics": { "latency_buckets": [1, 2, 2] } } }""", "observability.metrics.latency_buckets = \"1,2,2\" (flymq.json:1:35): not accepted; accepted: 1 to 100 numbers")]
    [InlineData("""{ "observability": { "metrics": { "latency_buckets": [1, [2], 3] } } }""", "observability.metrics.latency_buckets = \"1,[…],3\" (flymq.json:1:35): not accepted")]
    [InlineData("""{ "observability": { "metrics": { "latency_buckets": [] } } }""", "observability.metrics.latency_buckets = \"\" (flymq.json:1:35): not accepted")]
    [InlineData("""{ "observability": { "metrics": { "latency_buckets": [0, 1] } } }""", "observability.metrics.latency_buckets = \"0,1\" (flymq.json:1:35): not accepted")]
    [InlineData("""{ "listeners": { "a": 9092 } }""", "listeners = \"a=9092\" (flymq.json:1:3): not accepted; accepted: names of letters")]
    public void A_wrong_type_is_named_with_what_is_accepted(string file, string expected) => Assert.StartsWith(expected, Problem(file), StringComparison.Ordinal);

    [Fact]
    public void Buckets_are_an_array_in_the_file_and_separated_by_commas_elsewhere()
    {
        TimeSpan[] ends = [TimeSpan.FromMicroseconds(2.5), TimeSpan.FromMilliseconds(5), TimeSpan.FromSeconds(3600)];
        Assert.Equal(ends, Accepted("""{ "observability": { "metrics": { "latency_buckets": [2.5e-6, 0.005, 3600] } } }""").Metrics.LatencyBuckets.Ends.ToArray());
        Assert.Equal(ends, Accepted(null, ("observability.metrics.latency_buckets", "0.0000025, 0.005,3600")).Metrics.LatencyBuckets.Ends.ToArray());
    }

    [Fact]
    public void A_listeners_value_may_hold_no_other_entry() =>
        Assert.Contains("not accepted", Problem("""{ "listeners": { "a": "localhost:9092,b=localhost" } }"""), StringComparison.Ordinal);

    /// <summary>Whatever the bytes are, loading ends with options or with problems, never with both and never with an exception.</summary>
    [Fact]
    public void A_damaged_file_is_problems_and_nothing_else()
    {
        var good = Encoding.UTF8.GetBytes(
            """{ "data_dir": "/d", "listeners": { "a": "[::1]:9092", "b": "*:9192" }, "storage": { "sync": "none", "journal_bytes": 268435456 }, "topics": { "auto_create": true } }""");
        Gen.Select(Gen.Int[0, good.Length - 1], Gen.Int[0, 8], Gen.Byte.Array[0, 8]).Sample((at, removed, added) =>
        {
            byte[] bytes = [.. good[..at], .. added, .. good[Math.Min(good.Length, at + removed)..]];
            var loaded = OptionsLoader.Load([], [], new ConfigFile(FileName, bytes));
            Assert.Equal(loaded.Options is null, loaded.Problems.Count > 0);
            Assert.All(loaded.Problems, p => Assert.NotEmpty(p.ToString()));
        }, iter: 20_000);
    }
}
