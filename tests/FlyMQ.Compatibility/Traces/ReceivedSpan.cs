using System.Text;

namespace FlyMQ.Compatibility.Traces;

/// <summary>A span as it came over OTLP (opentelemetry/proto/trace/v1/trace.proto).</summary>
/// <param name="TraceId">32 hex digits.</param>
/// <param name="SpanId">16 hex digits.</param>
/// <param name="ParentId">16 hex digits; empty for a root.</param>
/// <param name="Kind">1 internal, 2 server.</param>
/// <param name="Attributes">string, long, double or bool.</param>
/// <param name="StatusCode">2 is an error.</param>
internal sealed record ReceivedSpan(
    string TraceId, string SpanId, string ParentId, string TraceState, string Name, int Kind, ulong Began, ulong Ended, IReadOnlyDictionary<string, object> Attributes,
    IReadOnlyList<(string TraceId, string SpanId)> Links, int StatusCode, string StatusMessage, string Scope, IReadOnlyDictionary<string, object> Resource)
{
    public object? this[string attribute] => Attributes.GetValueOrDefault(attribute);

    /// <summary>The spans of an ExportTraceServiceRequest.</summary>
    public static IReadOnlyList<ReceivedSpan> Parse(ReadOnlySpan<byte> request)
    {
        var spans = new List<ReceivedSpan>();
        var fields = new ProtoReader(request);
        while (fields.MoveNext())
        {
            ResourceSpans(fields.Bytes, spans);
        }

        return spans;
    }

    public override string ToString() =>
        $"{Name} {TraceId}/{SpanId} under {ParentId} {{{string.Join(", ", Attributes.Select(a => $"{a.Key}={a.Value}"))}}} {(StatusCode == 2 ? StatusMessage : "")}";

    private static void ResourceSpans(ReadOnlySpan<byte> message, List<ReceivedSpan> spans)
    {
        var resource = new Dictionary<string, object>();
        var fields = new ProtoReader(message);
        while (fields.MoveNext())
        {
            if (fields.Field == 1)
            {
                var inner = new ProtoReader(fields.Bytes);
                while (inner.MoveNext())
                {
                    if (inner.Field == 1)
                    {
                        Attribute(inner.Bytes, resource);
                    }
                }
            }
            else if (fields.Field == 2)
            {
                ScopeSpans(fields.Bytes, resource, spans);
            }
        }
    }

    private static void ScopeSpans(ReadOnlySpan<byte> message, Dictionary<string, object> resource, List<ReceivedSpan> spans)
    {
        var scope = "";
        var fields = new ProtoReader(message);
        while (fields.MoveNext())
        {
            if (fields.Field == 1)
            {
                var inner = new ProtoReader(fields.Bytes);
                while (inner.MoveNext())
                {
                    scope = inner.Field == 1 ? Text(inner.Bytes) : scope;
                }
            }
            else if (fields.Field == 2)
            {
                spans.Add(Span(fields.Bytes, scope, resource));
            }
        }
    }

    private static ReceivedSpan Span(ReadOnlySpan<byte> message, string scope, Dictionary<string, object> resource)
    {
        var attributes = new Dictionary<string, object>();
        var links = new List<(string, string)>();
        var span = new ReceivedSpan("", "", "", "", "", 0, 0, 0, attributes, links, 0, "", scope, resource);
        var fields = new ProtoReader(message);
        while (fields.MoveNext())
        {
            switch (fields.Field)
            {
                case 1:
                    span = span with { TraceId = Convert.ToHexStringLower(fields.Bytes) };
                    break;
                case 2:
                    span = span with { SpanId = Convert.ToHexStringLower(fields.Bytes) };
                    break;
                case 3:
                    span = span with { TraceState = Text(fields.Bytes) };
                    break;
                case 4:
                    span = span with { ParentId = Convert.ToHexStringLower(fields.Bytes) };
                    break;
                case 5:
                    span = span with { Name = Text(fields.Bytes) };
                    break;
                case 6:
                    span = span with { Kind = (int)fields.Number };
                    break;
                case 7:
                    span = span with { Began = fields.Number };
                    break;
                case 8:
                    span = span with { Ended = fields.Number };
                    break;
                case 9:
                    Attribute(fields.Bytes, attributes);
                    break;
                case 13:
                    links.Add(Link(fields.Bytes));
                    break;
                case 15:
                    var status = new ProtoReader(fields.Bytes);
                    while (status.MoveNext())
                    {
                        span = status.Field == 3 ? span with { StatusCode = (int)status.Number } : status.Field == 2 ? span with { StatusMessage = Text(status.Bytes) } : span;
                    }

                    break;
            }
        }

        return span;
    }

    private static (string, string) Link(ReadOnlySpan<byte> message)
    {
        var (trace, span) = ("", "");
        var fields = new ProtoReader(message);
        while (fields.MoveNext())
        {
            (trace, span) = fields.Field switch
            {
                1 => (Convert.ToHexStringLower(fields.Bytes), span),
                2 => (trace, Convert.ToHexStringLower(fields.Bytes)),
                _ => (trace, span),
            };
        }

        return (trace, span);
    }

    private static void Attribute(ReadOnlySpan<byte> message, Dictionary<string, object> attributes)
    {
        var (key, value) = ("", (object)"");
        var fields = new ProtoReader(message);
        while (fields.MoveNext())
        {
            if (fields.Field == 1)
            {
                key = Text(fields.Bytes);
            }
            else if (fields.Field == 2)
            {
                var any = new ProtoReader(fields.Bytes);
                while (any.MoveNext())
                {
                    value = any.Field switch
                    {
                        1 => Text(any.Bytes),
                        2 => any.Number != 0,
                        3 => (long)any.Number,
                        4 => BitConverter.UInt64BitsToDouble(any.Number),
                        _ => throw new InvalidDataException($"an attribute's value is of kind {any.Field}"),
                    };
                }
            }
        }

        attributes.Add(key, value);
    }

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);
}
