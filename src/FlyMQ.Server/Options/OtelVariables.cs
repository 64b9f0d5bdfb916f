using System.Globalization;

namespace FlyMQ.Server.Options;

/// <summary>
/// OpenTelemetry's own environment variables, as settings that are weaker than all of ours: they fill what is left out. As its specification asks, one with a
/// value that is not accepted is ignored with a warning; they are often set for a whole machine.
/// </summary>
internal static class OtelVariables
{
    private const string TracesPath = "/v1/traces";

    /// <param name="environment">All variables.</param>
    /// <param name="ours">What file, environment and flags say; it decides what the variables mean where they depend on each other.</param>
    /// <param name="warnings">Told of what is ignored.</param>
    public static IReadOnlyList<OptionSetting> Read(IEnumerable<KeyValuePair<string, string>> environment, IReadOnlyList<OptionSetting> ours, List<string> warnings)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in environment)
        {
            // Set to nothing is not set, says the specification.
            if (name.StartsWith("OTEL_", StringComparison.Ordinal) && value.Trim() is { Length: > 0 } text)
            {
                variables[name] = text;
            }
        }

        return variables.Count == 0 ? [] : new Reading(variables, ours, warnings).Settings();
    }

    private sealed class Reading(Dictionary<string, string> variables, IReadOnlyList<OptionSetting> ours, List<string> warnings)
    {
        private readonly List<OptionSetting> _settings = [];

        public IReadOnlyList<OptionSetting> Settings()
        {
            Switch();
            Take(TracingKeys.Protocol, "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL");
            Endpoint();
            Take(TracingKeys.Headers, "OTEL_EXPORTER_OTLP_TRACES_HEADERS", "OTEL_EXPORTER_OTLP_HEADERS");
            Take(TracingKeys.Compression, "OTEL_EXPORTER_OTLP_TRACES_COMPRESSION", "OTEL_EXPORTER_OTLP_COMPRESSION");
            Take(TracingKeys.TimeoutMs, "OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "OTEL_EXPORTER_OTLP_TIMEOUT", "OTEL_BSP_EXPORT_TIMEOUT");
            Take(TracingKeys.Certificate, "OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE", "OTEL_EXPORTER_OTLP_CERTIFICATE");
            Take(TracingKeys.ClientCertificate, "OTEL_EXPORTER_OTLP_TRACES_CLIENT_CERTIFICATE", "OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE");
            Take(TracingKeys.ClientKey, "OTEL_EXPORTER_OTLP_TRACES_CLIENT_KEY", "OTEL_EXPORTER_OTLP_CLIENT_KEY");
            Take(TracingKeys.QueueSize, "OTEL_BSP_MAX_QUEUE_SIZE");
            Take(TracingKeys.BatchSize, "OTEL_BSP_MAX_EXPORT_BATCH_SIZE");
            Take(TracingKeys.BatchDelayMs, "OTEL_BSP_SCHEDULE_DELAY");
            Take(TracingKeys.ResourceAttributes, "OTEL_RESOURCE_ATTRIBUTES");
            ServiceName();
            Sampler();
            return _settings;
        }

        private void Switch()
        {
            if (IsTrue("OTEL_SDK_DISABLED") || variables.GetValueOrDefault("OTEL_TRACES_EXPORTER") == "none")
            {
                Add(TracingKeys.Enabled, "false", IsTrue("OTEL_SDK_DISABLED") ? "OTEL_SDK_DISABLED" : "OTEL_TRACES_EXPORTER");
            }
            else if (First("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT") is { } endpoint)
            {
                Add(TracingKeys.Enabled, "true", endpoint);
            }
        }

        // The one for all signals is a base that each signal's path is put behind; the one for traces is the address itself.
        private void Endpoint()
        {
            if (First("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT") is not { } name)
            {
                return;
            }

            var text = variables[name];
            var isBase = name == "OTEL_EXPORTER_OTLP_ENDPOINT" && OtlpEndpoint.TryParse(text, out var endpoint) && endpoint!.HasPath && IsHttp();
            Add(TracingKeys.Endpoint, isBase ? text.TrimEnd('/') + TracesPath : text, name);
        }

        private bool IsHttp()
        {
            var set = ours.LastOrDefault(s => s.Key == TracingKeys.Protocol) ?? _settings.LastOrDefault(s => s.Key == TracingKeys.Protocol);
            return set is not null && TracingKeys.Protocol.TryRead(set.Text, out var protocol) && protocol is OtlpProtocol.HttpProtobuf;
        }

        // Of its own variable, else among the resource's attributes.
        private void ServiceName()
        {
            const string own = "OTEL_SERVICE_NAME", attributes = "OTEL_RESOURCE_ATTRIBUTES";
            if (variables.TryGetValue(own, out var name))
            {
                Add(TracingKeys.ServiceName, name, own);
            }
            else if (variables.TryGetValue(attributes, out var text) && TracingKeys.ResourceAttributes.TryRead(text, out var read)
                && ((IReadOnlyDictionary<string, string>)read!).TryGetValue("service.name", out var attribute))
            {
                Add(TracingKeys.ServiceName, attribute, attributes);
            }
        }

        // The broker always follows a client's decision, so "parentbased" changes nothing.
        private void Sampler()
        {
            const string sampler = "OTEL_TRACES_SAMPLER", argument = "OTEL_TRACES_SAMPLER_ARG";
            if (!variables.TryGetValue(sampler, out var kind))
            {
                return;
            }

            switch (kind.StartsWith("parentbased_", StringComparison.OrdinalIgnoreCase) ? kind["parentbased_".Length..].ToLowerInvariant() : kind.ToLowerInvariant())
            {
                case "always_on":
                    Add(TracingKeys.SampleRate, "1", sampler);
                    break;
                case "always_off":
                    Add(TracingKeys.SampleRate, "0", sampler);
                    break;
                case "traceidratio":
                    Add(TracingKeys.SampleRate, variables.GetValueOrDefault(argument, "1"), argument);
                    break;
                default:
                    warnings.Add(Ignored(sampler, kind, "always_on, always_off, traceidratio, each also behind parentbased_"));
                    break;
            }
        }

        private void Take(OptionKey key, params ReadOnlySpan<string> names)
        {
            if (First(names) is { } name)
            {
                Add(key, variables[name], name);
            }
        }

        private void Add(OptionKey key, string text, string variable)
        {
            if (key.TryRead(text, out _))
            {
                _settings.Add(new OptionSetting(key, text, $"environment {variable}"));
            }
            else
            {
                warnings.Add(Ignored(variable, key.Secret ? OptionEntry.Masked : text, key.Accepted));
            }
        }

        private string? First(params ReadOnlySpan<string> names)
        {
            foreach (var name in names)
            {
                if (variables.ContainsKey(name))
                {
                    return name;
                }
            }

            return null;
        }

        private bool IsTrue(string name) => bool.TryParse(variables.GetValueOrDefault(name), out var value) && value;

        private static string Ignored(string variable, string value, string accepted) =>
            string.Create(CultureInfo.InvariantCulture, $"The environment variable {variable} = \"{value}\" is not accepted and is ignored; accepted: {accepted}.");
    }
}
