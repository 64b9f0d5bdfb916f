using System.Globalization;
using FlyMQ.Protocol.Messages;
using FlyMQ.Protocol.Tests.Layouts;

namespace FlyMQ.Protocol.Tests.Messages;

/// <summary>The declarations against Kafka's own descriptions, version by version; skipped where those are not at hand.</summary>
public sealed class ReferenceTests
{
    public static TheoryData<string> Names => new(MessageCodec.All.Keys.Order(StringComparer.Ordinal)
        .Where(name => MessageCodec.All[name].Type.Namespace != "FlyMQ.Protocol.Messages.Coordinator"));

    [Theory, MemberData(nameof(Names))]
    public void A_declaration_says_what_Kafka_says_in_every_version(string name)
    {
        var expected = ReferenceLayouts.Find(name);
        var declared = MessageCodec.All[name].Layout;

        Assert.NotNull(expected);
        Assert.Equal((expected.Min, expected.Max, expected.FlexibleSince), (declared.Min, declared.Max, declared.FlexibleSince));
        Assert.Equal(expected.NewestIsUnstable, declared.NewestIsUnstable);
        foreach (var version in expected.Versions)
        {
            Assert.Equal(expected.Describe(version), declared.Describe(version));
        }
    }

    [Fact]
    public void Every_error_code_has_Kafkas_number_name_and_retriability()
    {
        var rows = File.ReadLines(Path.Combine(ReferenceLayouts.RequireFolder(), "kafka-errors.tsv")).Skip(1)
            .Select(line => line.Split('\t'))
            .Select(row => (Code: (ErrorCode)short.Parse(row[0], CultureInfo.InvariantCulture), Name: row[1], Retriable: row[2] == "true"));

        Assert.Equal(
            rows.OrderBy(r => r.Code),
            Enum.GetValues<ErrorCode>().Select(code => (Code: code, Name: code.KafkaName(), Retriable: code.IsRetriable())).OrderBy(r => r.Code));
    }

    [Fact]
    public void Api_keys_are_Kafkas()
    {
        foreach (var api in ApiTable.All)
        {
            var file = Path.Combine(ReferenceLayouts.RequireFolder(), "kafka-messages", api.Name + "Request.json");
            Assert.Contains($"\"apiKey\": {(short)api.Key},", File.ReadAllText(file), StringComparison.Ordinal);
        }
    }
}
