using System.Collections;
using FlyMQ.Protocol.Tests.Layouts;

namespace FlyMQ.Protocol.Tests.Messages;

/// <summary>Says where two messages differ, after what a version can carry.</summary>
internal static class MessageComparison
{
    /// <returns>The first difference, or null.</returns>
    public static string? Difference(object sent, object received, IReadOnlyList<FieldLayout> fields, short version, string path = "")
    {
        foreach (var field in fields)
        {
            var property = sent.GetType().GetProperty(field.Name)!;
            var actual = property.GetValue(received);
            var here = $"{path}.{field.Name}";
            if (!field.IsIn(version))
            {
                if (!LayoutEncoder.IsDefault(field, actual))
                {
                    return $"{here} is not in version {version} and yet was read: {actual}";
                }
            }
            else if (Difference(property.GetValue(sent), actual, field, version, here) is { } difference)
            {
                return difference;
            }
        }

        return null;
    }

    private static string? Difference(object? sent, object? received, FieldLayout field, short version, string path)
    {
        if (field.IsList)
        {
            return Lists((IList?)sent, (IList?)received, field, version, path);
        }

        return field.Type switch
        {
            // A tagged struct that holds nothing but defaults may be sent or not.
            "struct" when sent is not null && received is not null => Difference(sent, received, field.Fields, version, path),
            "bytes" or "records" => AsBytes(sent, field, version).AsSpan().SequenceEqual(AsBytes(received, field, version)) && (sent is null == received is null || !field.IsNullableIn(version))
                ? null
                : $"{path} differs",
            "string" when sent is null && !field.IsNullableIn(version) => received is "" ? null : $"{path}: null became {received}",
            _ => Equals(sent, received) ? null : $"{path}: {sent ?? "null"} became {received ?? "null"}",
        };
    }

    private static string? Lists(IList? sent, IList? received, FieldLayout field, short version, string path)
    {
        sent ??= field.IsNullableIn(version) ? null : Array.Empty<object>();
        if (sent is null || received is null)
        {
            return sent is null && received is null ? null : $"{path}: {(sent is null ? "null" : "a list")} became {(received is null ? "null" : "a list")}";
        }

        if (sent.Count != received.Count)
        {
            return $"{path}: {sent.Count} elements became {received.Count}";
        }

        var element = field with { IsList = false, NullableSince = null };
        return Enumerable.Range(0, sent.Count)
            .Select(i => Difference(sent[i], received[i], element, version, $"{path}[{i}]"))
            .FirstOrDefault(d => d is not null);
    }

    private static byte[]? AsBytes(object? value, FieldLayout field, short version) =>
        value as byte[] ?? LayoutEncoder.RecordBytes(value) ?? (field.IsNullableIn(version) ? null : []);
}
