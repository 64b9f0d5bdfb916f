using System.Globalization;

namespace FlyMQ.Server.Options;

/// <summary>
/// OpenTelemetry's own environment variables, as settings that are weaker than all of ours: they fill what is left out. As its specification asks, one with a
/// value that is not accepted is ignored with a warning; they are often set for a whole machine.
/// </summary>
internal static class OtelVariables
{
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
        private const string AnyEndpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";
        private readonly List<OptionSetting> _settings = [];

        public IReadOnlyList<OptionSetting> Settings()
        {
            Signal("TRACES", TracingKeys.Enabled, TracingKeys.Connection, "OTEL_BSP_EXPORT_TIMEOUT");
            Take(TracingKeys.QueueSize, "OTEL_BSP_MAX_QUEUE_SIZE");
            Take(TracingKeys.BatchSize, "OTEL_BSP_MAX_EXPORT_BATCH_SIZE");
            Take(TracingKeys.BatchDelayMs, "OTEL_BSP_SCHEDULE_DELAY");
            Take(TracingKeys.ResourceAttributes, "OTEL_RESOURCE_ATTRIBUTES");
            ServiceName();
            Sampler();
            Signal("METRICS", OtlpMetricsKeys.Enabled, OtlpMetricsKeys.Connection, "OTEL_METRIC_EXPORT_TIMEOUT");
            Take(OtlpMetricsKeys.IntervalMs, "OTEL_METRIC_EXPORT_INTERVAL");
            Temporality();
            return _settings;
        }

        // One signal's own variable goes before the one for all signals.
        private void Signal(string signal, OptionKey<bool> enabled, OtlpKeys keys, string exportTimeout)
        {
            void TakeEither(OptionKey key, string what) => Take(key, $"OTEL_EXPORTER_OTLP_{signal}_{what}", $"OTEL_EXPORTER_OTLP_{what}");

            Switch(enabled, $"OTEL_{signal}_EXPORTER", $"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT");
            TakeEither(keys.Protocol, "PROTOCOL");
            Endpoint(keys, $"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT");
            TakeEither(keys.Headers, "HEADERS");
            TakeEither(keys.Compression, "COMPRESSION");
            Take(keys.TimeoutMs, $"OTEL_EXPORTER_OTLP_{signal}_TIMEOUT", "OTEL_EXPORTER_OTLP_TIMEOUT", exportTimeout);
            TakeEither(keys.Certificate, "CERTIFICATE");
            TakeEither(keys.ClientCertificate, "CLIENT_CERTIFICATE");
            TakeEither(keys.ClientKey, "CLIENT_KEY");
        }

        private void Switch(OptionKey<bool> enabled, string exporter, string endpoint)
        {
            if (IsTrue("OTEL_SDK_DISABLED"))
            {
                Add(enabled, "false", "OTEL_SDK_DISABLED");
            }
            else if (variables.TryGetValue(exporter, out var exporters))
            {
                // A list, and what is not OTLP is somebody else's: the page serves Prometheus without being told to.
                var isOtlp = exporters.Split(',', StringSplitOptions.TrimEntries).Contains("otlp", StringComparer.OrdinalIgnoreCase);
                Add(enabled, isOtlp ? "true" : "false", exporter);
            }
            else if (First(endpoint, AnyEndpoint) is { } name)
            {
                Add(enabled, "true", name);
            }
        }

        // The one for all signals is a base that each signal's path is put behind; the signal's own is the address itself.
        private void Endpoint(OtlpKeys keys, string own)
        {
            if (First(own, AnyEndpoint) is not { } name)
            {
                return;
            }

            var text = variables[name];
            var isBase = name == AnyEndpoint && OtlpEndpoint.TryParse(text, out var endpoint) && endpoint!.HasPath && IsHttp(keys);
            Add(keys.Endpoint, isBase ? text.TrimEnd('/') + keys.Path : text, name);
        }

        private bool IsHttp(OtlpKeys keys)
        {
            var set = ours.LastOrDefault(s => s.Key == keys.Protocol) ?? _settings.LastOrDefault(s => s.Key == keys.Protocol);
            return set is not null && keys.Protocol.TryRead(set.Text, out var protocol) && protocol is OtlpProtocol.HttpProtobuf;
        }

        // Sums since the start are what there is: what somebody has not received is in what comes next.
        private void Temporality()
        {
            const string preference = "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE";
            if (variables.TryGetValue(preference, out var wanted) && !wanted.Equals("cumulative", StringComparison.OrdinalIgnoreCase))
            {
                warnings.Add(Ignored(preference, wanted, "cumulative"));
            }
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
            else if (Ignored(variable, key.Secret ? OptionEntry.Masked : text, key.Accepted) is var warning && !warnings.Contains(warning))
            {
                // Once, also where both signals would take it.
                warnings.Add(warning);
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
