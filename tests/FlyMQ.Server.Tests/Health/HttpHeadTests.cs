using System.Text;
using CsCheck;
using FlyMQ.Server.Health;

namespace FlyMQ.Server.Tests.Health;

public sealed class HttpHeadTests
{
    [Theory]
    [InlineData("GET /live HTTP/1.1\r\nHost: x\r\n\r\n", "GET", "/live")]
    [InlineData("GET /live HTTP/1.0\r\n\r\n", "GET", "/live")]
    [InlineData("HEAD /ready?verbose=1 HTTP/1.1\r\nhost:x\r\nUser-Agent: kube-probe/1.34\r\nAccept: */*\r\nConnection: close\r\n\r\n", "HEAD", "/ready")]
    [InlineData("POST / HTTP/1.1\r\nHost: [::1]:9095\r\nContent-Length: 3\r\n\r\n", "POST", "/")]
    [InlineData("GET http://localhost:9095/health HTTP/1.1\r\nHost: localhost\r\n\r\n", "GET", "/health")]
    [InlineData("GET http://localhost HTTP/1.1\r\nHost: localhost\r\n\r\n", "GET", "/")]
    [InlineData("OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", "OPTIONS", "*")]
    public void A_request_is_its_method_and_its_path(string head, string method, string path) => Assert.Equal((method, path), (Parse(head)?.Method, Parse(head)?.Path));

    [Theory]
    [InlineData("GET /live\r\n\r\n")]
    [InlineData("GET  /live HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("GET /live HTTP/2.0\r\nHost: x\r\n\r\n")]
    [InlineData("GET /live HTTP/1.1\r\n\r\n")]
    [InlineData("GET /live HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n")]
    [InlineData("GET live HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("G@T /live HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData(" GET /live HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("GET /live HTTP/1.1\r\nHost: x\r\n folded\r\n\r\n")]
    [InlineData("GET /live HTTP/1.1\r\nHost : x\r\n\r\n")]
    [InlineData("GET /live HTTP/1.1\r\nHost: x\nX: y\r\n\r\n")]
    [InlineData("GET /live HTTP/1.1\r\nHost: \0\r\n\r\n")]
    [InlineData("GET /l\u00efve HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("\r\n\r\n")]
    public void What_is_malformed_is_refused(string head) => Assert.Null(Parse(head));

    [Fact]
    public void No_bytes_break_it() =>
        Gen.Byte.Array[0, 200].Sample(bytes =>
        {
            HttpHead.Parse(bytes);
            HttpHead.Parse([.. "GET /live HTTP/1.1\r\n"u8, .. bytes, .. "\r\n\r\n"u8]);
        });

    [Fact]
    public void The_end_of_a_head_is_its_empty_line()
    {
        Assert.Equal(-1, HttpHead.EndOf("GET /live HTTP/1.1\r\nHost: x\r\n"u8));
        Assert.Equal(31, HttpHead.EndOf("GET /live HTTP/1.1\r\nHost: x\r\n\r\nrest"u8));
    }

    private static HttpHead? Parse(string head) => HttpHead.Parse(Encoding.Latin1.GetBytes(head));
}
