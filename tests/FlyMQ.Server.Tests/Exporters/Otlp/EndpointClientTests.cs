using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using FlyMQ.Server.Exporters.Otlp;
using FlyMQ.Server.Options;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace FlyMQ.Server.Tests.Exporters.Otlp;

public sealed class EndpointClientTests : IDisposable
{
    private readonly TempFolder _folder = new();

    [Fact]
    public async Task An_https_endpoint_is_checked_against_the_given_certificates_and_shown_ours()
    {
        var server = Certificate("localhost", "server");
        var client = Certificate("flymq", "client");
        await using var endpoint = await ServeAsync(server);
        var address = new Uri(endpoint.Urls.Single().Replace("127.0.0.1", "localhost", StringComparison.Ordinal));
        var options = new TracingOptions().Connection with
        {
            Certificate = PathOf("server.pem"), ClientCertificate = PathOf("client.pem"), ClientKey = PathOf("client.key"), Headers = new Dictionary<string, string> { ["api-key"] = "x y" },
        };
        using (var trusting = EndpointClient.Create(options, out _))
        {
            Assert.Equal($"{client.Thumbprint} x y", await trusting.GetStringAsync(address));
        }

        using var other = EndpointClient.Create(options with { Certificate = PathOf("client.pem") }, out var problem);
        await Assert.ThrowsAsync<HttpRequestException>(() => other.GetStringAsync(address));
        Assert.Contains("certificate", problem(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_cannot_be_used_is_named_with_its_key()
    {
        var missing = Assert.Throws<InvalidDataException>(() => EndpointClient.Create(new TracingOptions().Connection with { Certificate = PathOf("none.pem") }, out _));
        Assert.StartsWith($"observability.tracing.certificate_file = \"{PathOf("none.pem")}\" cannot be used: ", missing.Message, StringComparison.Ordinal);
        File.WriteAllText(PathOf("empty.pem"), "nothing");
        Assert.Contains("no certificate", Assert.Throws<InvalidDataException>(() => EndpointClient.Create(new TracingOptions().Connection with { Certificate = PathOf("empty.pem") }, out _)).Message, StringComparison.Ordinal);
        Assert.Contains(
            "client_certificate_file",
            Assert.Throws<InvalidDataException>(() => EndpointClient.Create(new TracingOptions().Connection with { ClientCertificate = PathOf("empty.pem"), ClientKey = PathOf("empty.pem") }, out _)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_went_wrong_is_said()
    {
        using var client = EndpointClient.Create(new TracingOptions().Connection with { TimeoutMs = 5000 }, out var problem);
        Assert.Equal("nothing was sent.", problem());
        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(new Uri("http://127.0.0.1:1")));
        Assert.Contains("refused", problem(), StringComparison.Ordinal);
        await using var endpoint = await ServeAsync(null);
        using var response = await client.GetAsync(new Uri(endpoint.Urls.Single() + "/none"));
        Assert.Equal("it answers 404 Not Found.", problem());
    }

    public void Dispose() => _folder.Dispose();

    private string PathOf(string name) => Path.Combine(_folder.Path, name);

    private X509Certificate2 Certificate(string name, string file)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        File.WriteAllText(PathOf($"{file}.pem"), certificate.ExportCertificatePem());
        File.WriteAllText(PathOf($"{file}.key"), key.ExportPkcs8PrivateKeyPem());
        return certificate;
    }

    private static async Task<WebApplication> ServeAsync(X509Certificate2? certificate)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            if (certificate is not null)
            {
                listen.UseHttps(new HttpsConnectionAdapterOptions
                {
                    ServerCertificate = certificate, ClientCertificateMode = ClientCertificateMode.RequireCertificate, ClientCertificateValidation = (_, _, _) => true,
                });
            }
        }));
        var server = builder.Build();
        server.Run(async context =>
        {
            if (context.Request.Path == "/none")
            {
                context.Response.StatusCode = 404;
                return;
            }

            await context.Response.WriteAsync($"{context.Connection.ClientCertificate?.Thumbprint} {context.Request.Headers["api-key"]}");
        });
        await server.StartAsync();
        return server;
    }
}
