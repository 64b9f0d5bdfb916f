using System.Globalization;
using System.Text;
using FlyMQ.Protocol.Messages.Coordinator;
using FlyMQ.Protocol.Tests.Layouts;

namespace FlyMQ.Protocol.Tests.Messages;

/// <summary>The records of <c>__consumer_offsets</c> against Kafka's list of them; skipped where that is not at hand.</summary>
public sealed class CoordinatorRecordsTests
{
    [Theory]
    [InlineData(nameof(OffsetCommitKey), 0, "LegacyOffsetCommitKey key=0 v0")]
    [InlineData(nameof(OffsetCommitKey), 1, "OffsetCommitKey key=1 v0")]
    [InlineData(nameof(GroupMetadataKey), 2, "GroupMetadataKey key=2 v0")]
    [InlineData(nameof(OffsetCommitValue), 0, "OffsetCommitValue key=1 v0")]
    [InlineData(nameof(OffsetCommitValue), 1, "OffsetCommitValue key=1 v1")]
    [InlineData(nameof(OffsetCommitValue), 2, "OffsetCommitValue key=1 v2")]
    [InlineData(nameof(OffsetCommitValue), 3, "OffsetCommitValue key=1 v3")]
    [InlineData(nameof(OffsetCommitValue), 4, "OffsetCommitValue key=1 v4")]
    [InlineData(nameof(GroupMetadataValue), 0, "GroupMetadataValue key=2 v0")]
    [InlineData(nameof(GroupMetadataValue), 1, "GroupMetadataValue key=2 v1")]
    [InlineData(nameof(GroupMetadataValue), 2, "GroupMetadataValue key=2 v2")]
    [InlineData(nameof(GroupMetadataValue), 3, "GroupMetadataValue key=2 v3")]
    [InlineData(nameof(GroupMetadataValue), 4, "GroupMetadataValue key=2 v4")]
    public void A_record_is_laid_out_as_Kafkas(string name, short version, string line)
    {
        var layout = MessageCodec.All[name].Layout;
        var expected = File.ReadLines(Path.Combine(ReferenceLayouts.RequireFolder(), "kafka-records.txt"))
            .Single(l => l.StartsWith(line + ":", StringComparison.Ordinal))[(line.Length + 2)..];

        Assert.Equal(expected, Fields(layout, layout.Fields, version));
    }

    private static string Fields(MessageLayout layout, IReadOnlyList<FieldLayout> fields, short version)
    {
        var parts = fields.Where(f => f.IsIn(version) && f.Tag is null).Select(f => Field(layout, f, version)).ToList();
        if (layout.IsFlexible(version))
        {
            var tagged = fields.Where(f => f.IsIn(version) && f.Tag is not null)
                .Select(f => string.Create(CultureInfo.InvariantCulture, $"{f.Tag}: {Field(layout, f, version)}"));
            parts.Add($"tagged({string.Join(", ", tagged)})");
        }

        return string.Join("; ", parts);
    }

    private static string Field(MessageLayout layout, FieldLayout field, short version)
    {
        var type = field.Type is "string" or "bytes"
            ? (layout.IsFlexible(version) ? "compact_" : "") + (field.IsNullableIn(version) ? "nullable_" : "") + field.Type
            : field.Type == "struct" ? $"{{{Fields(layout, field.Fields, version)}}}" : field.Type;
        return $"{SnakeCase(field.Name)} {(field.IsList ? $"[{type}]" : type)}";
    }

    private static string SnakeCase(string name)
    {
        var text = new StringBuilder();
        foreach (var c in name)
        {
            if (char.IsUpper(c) && text.Length > 0)
            {
                text.Append('_');
            }

            text.Append(char.ToLowerInvariant(c));
        }

        return text.ToString();
    }
}
