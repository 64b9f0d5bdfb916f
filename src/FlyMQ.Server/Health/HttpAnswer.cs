using System.Globalization;
using System.Text;

namespace FlyMQ.Server.Health;

/// <summary>A whole answer. It says that the connection closes: every request has one of its own.</summary>
internal sealed record HttpAnswer(int Status, string ContentType, ReadOnlyMemory<byte> Body)
{
    private const string PlainText = "text/plain; charset=utf-8";

    /// <summary>A header of its own, such as <c>Allow: GET</c>.</summary>
    public string? Header { get; init; }

    public static HttpAnswer Text(int status, string line) => new(status, PlainText, Encoding.UTF8.GetBytes(line));

    public static HttpAnswer Json(int status, byte[] body) => new(status, "application/json", body);

    /// <param name="withBody">False for HEAD: the length is told, and nothing follows.</param>
    public byte[] ToBytes(bool withBody, DateTimeOffset now)
    {
        var head = Encoding.ASCII.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $"HTTP/1.1 {Status} {ReasonPhrase}\r\nDate: {now:R}\r\nContent-Type: {ContentType}\r\nContent-Length: {Body.Length}\r\nCache-Control: no-store\r\n{(Header is null ? "" : Header + "\r\n")}Connection: close\r\n\r\n"));
        return withBody ? [.. head, .. Body.Span] : head;
    }

    private string ReasonPhrase => Status switch
    {
        200 => "OK",
        400 => "Bad Request",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        408 => "Request Timeout",
        _ => "Service Unavailable",
    };
}
