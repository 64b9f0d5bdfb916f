using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using FlyMQ.Server.Options;

namespace FlyMQ.Server.Exporters.Otlp;

/// <summary>
/// The HTTP client that a signal is sent with: headers and certificates of the configuration, and what went wrong the last time, which the SDK's exporter keeps to itself.
/// </summary>
internal static class EndpointClient
{
    /// <exception cref="InvalidDataException">A file of certificates cannot be read; key and path are named.</exception>
    public static HttpClient Create(OtlpConnection connection, out Func<string> problem)
    {
        var watch = new ProblemWatch(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            ActivityHeadersPropagator = null,
            ConnectTimeout = TimeSpan.FromMilliseconds(connection.TimeoutMs),
            SslOptions = Tls(connection),
        });
        problem = watch.Describe;
        var client = new HttpClient(watch) { Timeout = TimeSpan.FromMilliseconds(connection.TimeoutMs), MaxResponseContentBufferSize = 4 << 20 };
        foreach (var (name, value) in connection.Headers)
        {
            client.DefaultRequestHeaders.TryAddWithoutValidation(name, value);
        }

        return client;
    }

    private static SslClientAuthenticationOptions Tls(OtlpConnection connection)
    {
        var tls = new SslClientAuthenticationOptions();
        if (connection.Certificate is { } path)
        {
            var trusted = Read(connection.Keys.Certificate, path, () =>
            {
                var certificates = new X509Certificate2Collection();
                certificates.ImportFromPemFile(path);
                return certificates.Count > 0 ? certificates : throw new CryptographicException("there is no certificate in it");
            });
            tls.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            tls.CertificateChainPolicy.CustomTrustStore.AddRange(trusted);
        }

        if (connection is { ClientCertificate: { } certificate, ClientKey: { } key })
        {
            tls.ClientCertificates = [Read(connection.Keys.ClientCertificate, certificate, () => X509Certificate2.CreateFromPemFile(certificate, key))];
        }

        return tls;
    }

    private static T Read<T>(OptionKey key, string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new InvalidDataException($"{key.Name} = \"{path}\" cannot be used: {e.Message}; accepted: {key.Accepted}, in PEM", e);
        }
    }

    /// <summary>Remembers how the last request ended. Used by the sending thread only.</summary>
    private sealed class ProblemWatch(HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        private Exception? _error;
        private HttpResponseMessage? _response;

        public string Describe() => (_error, _response) switch
        {
            (OperationCanceledException, _) => "it does not answer in time.",
            ({ } error, _) => Sentence((error.InnerException ?? error).Message),
            (_, { IsSuccessStatusCode: false } response) => $"it answers {(int)response.StatusCode} {response.ReasonPhrase}.",
            (_, { } response) => Grpc(response),
            _ => "nothing was sent.",
        };

        protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Begin();
            try
            {
                return _response = base.Send(request, cancellationToken);
            }
            catch (Exception e)
            {
                _error = e;
                throw;
            }
        }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Begin();
            try
            {
                return _response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                _error = e;
                throw;
            }
        }

        private void Begin() => (_error, _response) = (null, null);

        // A call that failed has its status behind the body, or among the headers when there is no body.
        private static string Grpc(HttpResponseMessage response) =>
            (First(response.TrailingHeaders, "grpc-status") ?? First(response.Headers, "grpc-status")) is { } status
                ? Sentence($"it answers gRPC status {status} {First(response.TrailingHeaders, "grpc-message") ?? First(response.Headers, "grpc-message")}".TrimEnd())
                : "its answer is no gRPC.";

        private static string? First(HttpHeaders headers, string name) => headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;

        private static string Sentence(string text) => text.EndsWith('.') ? text : $"{text}.";
    }
}
