using FlyMQ.Server.Options;
using YamlDotNet.RepresentationModel;
using static FlyMQ.Server.Tests.Options.Loading;

namespace FlyMQ.Server.Tests.Health;

/// <summary>examples/kubernetes/flymq.yaml, against the guide and against what the broker accepts.</summary>
public sealed class KubernetesExampleTests
{
    private static readonly string Path = System.IO.Path.Combine(Repository.Root, "examples/kubernetes/flymq.yaml");

    private readonly IReadOnlyList<YamlNode> _documents = Parse(File.ReadAllText(Path));

    private YamlNode Set => _documents.Single(d => (string?)d["kind"] == "StatefulSet");

    private YamlNode Pod => Set["spec"]["template"]["spec"];

    private YamlNode Container => Assert.Single(List(Pod["containers"]));

    private Dictionary<string, string> Variables => List(Container["env"]).ToDictionary(v => (string)v["name"]!, v => (string)v["value"]!);

    [Fact]
    public void It_has_the_fields_of_kubernetes_api_and_no_others() => Assert.Empty(KubernetesSchema.Errors(File.ReadAllText(Path)));

    [Theory]
    [InlineData("          livenessProbe:", "          livelinessProbe:", "StatefulSet.spec.template.spec.containers[0].livelinessProbe: is no field of it")]
    [InlineData("      enableServiceLinks: false\n", "", null)]
    [InlineData("      containers:", "      enableServiceLink: false\n      containers:", "StatefulSet.spec.template.spec.enableServiceLink: is no field of it")]
    [InlineData("  replicas: 1", "  replicas: 1\n  terminationGracePeriodSeconds: 45", "StatefulSet.spec.terminationGracePeriodSeconds: is no field of it")]
    [InlineData("  replicas: 1", "  replicas: \"1\"", "StatefulSet.spec.replicas: '1' is no whole number from 0 to 2147483647")]
    [InlineData("value: \"true\"", "value: true", "StatefulSet.spec.template.spec.containers[0].env[3].value: true is no string without quotes")]
    [InlineData("              path: /live", "              path: live", "StatefulSet.spec.template.spec.containers[0].livenessProbe.httpGet.path: 'live' has not its form")]
    [InlineData("enableServiceLinks: false", "enableServiceLinks: \"false\"", "StatefulSet.spec.template.spec.enableServiceLinks: 'false' is neither true nor false")]
    [InlineData("memory: 2Gi", "memory: 2GiB", "StatefulSet.spec.template.spec.containers[0].resources.limits.memory: '2GiB' has not its form")]
    [InlineData("containerPort: 9095", "containerPort: 90950", "StatefulSet.spec.template.spec.containers[0].ports[1].containerPort: '90950' is no whole number from 1 to 65535")]
    [InlineData("  serviceName: flymq\n", "", "StatefulSet.spec.serviceName: is missing")]
    [InlineData("apiVersion: apps/v1", "apiVersion: apps/v1beta1", "StatefulSet.apiVersion: 'apps/v1beta1' is none of apps/v1")]
    [InlineData("accessModes: [\"ReadWriteOnce\"]", "accessModes: ReadWriteOnce", "StatefulSet.spec.volumeClaimTemplates[0].spec.accessModes: is no list")]
    [InlineData("kind: Service\n", "kind: Servize\n", "kind: 'Servize' is none of Service and StatefulSet")]
    public void A_key_that_is_misspelt_or_misplaced_or_of_another_type_is_found(string from, string to, string? error)
    {
        var text = File.ReadAllText(Path);
        Assert.Contains(from, text, StringComparison.Ordinal);
        Assert.Equal(error is null ? [] : [error], KubernetesSchema.Errors(text.Replace(from, to, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("livenessProbe")]
    [InlineData("readinessProbe")]
    public void Its_probes_are_the_guides_word_for_word(string probe)
    {
        Assert.Equal(Assert.Single(Parse(Guide.Probes))[probe], Container[probe]);
        // The text too, indented as a container's keys are.
        var block = Guide.Probes.Split("\n\n").Single(b => b.StartsWith(probe, StringComparison.Ordinal));
        Assert.Contains(string.Concat(block.Split('\n').Select(line => $"          {line}\n")), File.ReadAllText(Path), StringComparison.Ordinal);
    }

    [Fact]
    public void The_broker_accepts_its_variables_without_a_warning_and_listens_where_a_pod_is_asked()
    {
        var loaded = Load(null, [.. Variables.Select(v => (v.Key, v.Value))]);
        Assert.Empty(loaded.Problems);
        Assert.Empty(loaded.Warnings);
        var options = loaded.Options!;
        var ports = List(Container["ports"]).ToDictionary(p => (string)p["name"]!, p => int.Parse((string)p["containerPort"]!, System.Globalization.CultureInfo.InvariantCulture));
        var listener = Assert.Single(options.Listeners);
        Assert.True(listener.Address.IsEveryAddress);
        Assert.Equal(ports["kafka"], listener.Address.Port);
        Assert.True(options.Health.Enabled);
        Assert.True(options.Health.Listen.IsEveryAddress);
        Assert.Equal(ports["health"], options.Health.Listen.Port);
        Assert.Equal($"{ports["health"]}", (string)Container["livenessProbe"]["httpGet"]["port"]!);
        Assert.Equal(options.DataDir, (string)List(Container["volumeMounts"]).Single()["mountPath"]!);
    }

    [Fact]
    public void Kubernetes_adds_no_variables_and_the_drain_fits_into_the_grace_period()
    {
        Assert.Equal("false", (string)Pod["enableServiceLinks"]!);
        var graceMs = 1000 * int.Parse((string)Pod["terminationGracePeriodSeconds"]!, System.Globalization.CultureInfo.InvariantCulture);
        Assert.True(graceMs > ShutdownKeys.TimeoutMs.Default, $"{graceMs} ms of grace");
    }

    [Fact]
    public void The_service_is_headless_and_is_the_one_that_clients_are_told()
    {
        var service = _documents.Single(d => (string?)d["kind"] == "Service");
        Assert.Equal("None", (string)service["spec"]["clusterIP"]!);
        var name = (string)service["metadata"]["name"]!;
        Assert.Equal(name, (string)Set["spec"]["serviceName"]!);
        Assert.Equal(service["spec"]["selector"], Set["spec"]["selector"]["matchLabels"]);
        Assert.Equal(service["spec"]["selector"], Set["spec"]["template"]["metadata"]["labels"]);
        Assert.StartsWith($"clients={(string)Set["metadata"]["name"]!}-0.{name}.", Variables["FLYMQ_ADVERTISED_LISTENERS"], StringComparison.Ordinal);
        Assert.Equal("1", (string)Set["spec"]["replicas"]!);
    }

    private static IReadOnlyList<YamlNode> Parse(string text)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        return [.. stream.Documents.Select(d => d.RootNode)];
    }

    private static IReadOnlyList<YamlNode> List(YamlNode node) => [.. Assert.IsType<YamlSequenceNode>(node)];
}
