using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using FlyMQ.Server.Exporters.Prometheus;
using FlyMQ.Server.Options;
using Microsoft.Extensions.Logging.Abstractions;

namespace FlyMQ.Server.Tests.Exporters;

public sealed class MetricsListenerTests
{
    private static readonly MetricFamily Things = new("things", MetricType.Gauge, "Things", "topic");

    [Fact]
    public async Task The_page_is_the_same_plain_and_compressed_and_other_paths_and_methods_are_refused()
    {
        await using var listener = Listener(WriteManyAsync);
        using var client = await ClientOfAsync(listener);
        var cancel = TestContext.Current.CancellationToken;

        var plain = await client.GetAsync("metrics", cancel);
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", plain.Content.Headers.ContentType!.ToString());
        var page = await plain.Content.ReadAsStringAsync(cancel);
        Assert.Equal(20_002, page.Split('\n').Length - 1);

        using var request = new HttpRequestMessage(HttpMethod.Get, "metrics");
        request.Headers.AcceptEncoding.ParseAdd("gzip");
        var compressed = await client.SendAsync(request, cancel);
        Assert.Equal("gzip", Assert.Single(compressed.Content.Headers.ContentEncoding));
        await using var gzip = new GZipStream(await compressed.Content.ReadAsStreamAsync(cancel), CompressionMode.Decompress);
        using var reader = new StreamReader(gzip, Encoding.UTF8);
        Assert.Equal(page, await reader.ReadToEndAsync(cancel));

        using var head = new HttpRequestMessage(HttpMethod.Head, "metrics");
        var headers = await client.SendAsync(head, cancel);
        Assert.Equal(HttpStatusCode.OK, headers.StatusCode);
        Assert.Equal(plain.Content.Headers.ContentType, headers.Content.Headers.ContentType);
        Assert.Empty(await headers.Content.ReadAsByteArrayAsync(cancel));

        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("", cancel)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("metrics/", cancel)).StatusCode);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await client.PostAsync("metrics", null, cancel)).StatusCode);
    }

    [Fact]
    public async Task OpenMetrics_is_given_to_who_asks_for_it()
    {
        await using var listener = Listener(WriteManyAsync);
        using var client = await ClientOfAsync(listener);
        client.DefaultRequestHeaders.Add("Accept", "application/openmetrics-text; version=1.0.0");
        var answer = await client.GetAsync("metrics", TestContext.Current.CancellationToken);
        Assert.Equal("application/openmetrics-text; version=1.0.0; charset=utf-8", answer.Content.Headers.ContentType!.ToString());
        Assert.EndsWith("\n# EOF\n", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Half_a_page_never_looks_like_a_whole_one(bool gzip)
    {
        await using var listener = Listener(async (page, cancellation) =>
        {
            await WriteManyAsync(page, cancellation);
            throw new InvalidOperationException("something is wrong with the rest");
        });
        using var client = await ClientOfAsync(listener);
        if (gzip)
        {
            client.DefaultRequestHeaders.AcceptEncoding.ParseAdd("gzip");
        }

        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetByteArrayAsync("metrics", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Only_so_many_scrapes_run_at_once()
    {
        var cancel = TestContext.Current.CancellationToken;
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var listener = Listener(async (page, cancellation) =>
        {
            await go.Task.WaitAsync(cancellation);
            await page.EndAsync(cancellation);
        });
        using var client = await ClientOfAsync(listener);
        client.DefaultRequestHeaders.AcceptEncoding.ParseAdd("gzip");
        var scrapes = Enumerable.Range(0, 9).Select(_ => client.GetAsync("metrics", cancel)).ToList();
        var refused = await await Task.WhenAny(scrapes);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Empty(refused.Content.Headers.ContentEncoding);
        go.SetResult();
        Assert.Equal(8, (await Task.WhenAll(scrapes)).Count(s => s.StatusCode == HttpStatusCode.OK));
        // And who comes afterwards finds room.
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("metrics", cancel)).StatusCode);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_no_reason_to_fail()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        await using var listener = new MetricsListener(
            new ListenAddress("127.0.0.1", ((IPEndPoint)other.LocalEndpoint).Port), (_, _) => Task.CompletedTask, NullLoggerFactory.Instance);
        Assert.Null(await listener.BoundAsync());
    }

    private static async Task WriteManyAsync(ExpositionWriter page, CancellationToken cancellation)
    {
        page.Begin(Things);
        for (var i = 0; i < 20_000; i++)
        {
            page.Sample(Things, i, "a topic");
            await page.FlushIfMuchAsync(cancellation);
        }

        await page.EndAsync(cancellation);
    }

    private static MetricsListener Listener(Func<ExpositionWriter, CancellationToken, Task> write) =>
        new(new ListenAddress("127.0.0.1", 0), write, NullLoggerFactory.Instance);

    private static async Task<HttpClient> ClientOfAsync(MetricsListener listener) =>
        new() { BaseAddress = await listener.BoundAsync() ?? throw new InvalidOperationException("it did not listen") };
}
