using System.Globalization;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace FlyMQ.Server.Tests.Health;

/// <summary>
/// The part of Kubernetes' API (Service v1, StatefulSet apps/v1) that a broker's manifest may use, by the field's names and types in the API reference. Strict: a key
/// that is not here is an error, as with <c>kubectl apply --validate=strict</c>.
/// </summary>
internal static partial class KubernetesSchema
{
    private delegate void Shape(YamlNode node, string path, List<string> errors);

    private static readonly Shape Name = Text(DnsLabel());

    private static readonly Shape Quantity = Text(QuantityText());

    private static readonly Shape Port = Whole(1, 65_535);

    private static readonly Shape Labels = MapOf(LabelKey(), Text(LabelValue()));

    private static readonly Shape Metadata = Object(required: [], ("name", Name), ("namespace", Name), ("labels", Labels), ("annotations", MapOf(LabelKey(), Text())));

    private static readonly Shape Service = Object(
        ["apiVersion", "kind", "metadata", "spec"],
        ("apiVersion", OneOf("v1")),
        ("kind", OneOf("Service")),
        ("metadata", Named(Metadata)),
        ("spec", Object(
            ["selector", "ports"],
            ("type", OneOf("ClusterIP", "NodePort", "LoadBalancer")),
            ("clusterIP", OneOf("None")),
            ("publishNotReadyAddresses", Flag),
            ("selector", Labels),
            ("ports", ListOf(Object(["port"], ("name", Name), ("port", Port), ("targetPort", Either(Port, Name)), ("protocol", OneOf("TCP", "UDP", "SCTP"))))))));

    private static readonly Shape Probe = Object(
        ["httpGet"],
        ("httpGet", Object(["path", "port"], ("path", Text(AbsolutePath())), ("port", Either(Port, Name)), ("scheme", OneOf("HTTP", "HTTPS")))),
        ("initialDelaySeconds", Whole(0)),
        ("periodSeconds", Whole(1)),
        ("timeoutSeconds", Whole(1)),
        ("successThreshold", Whole(1)),
        ("failureThreshold", Whole(1)));

    private static readonly Shape Resources = Object([], ("requests", Amounts("cpu", "memory")), ("limits", Amounts("cpu", "memory")));

    private static readonly Shape Container = Object(
        ["name", "image"],
        ("name", Name),
        ("image", Text()),
        ("imagePullPolicy", OneOf("Always", "IfNotPresent", "Never")),
        ("args", ListOf(Text())),
        ("env", ListOf(Object(["name", "value"], ("name", Text(VariableName())), ("value", Text())))),
        ("ports", ListOf(Object(["containerPort"], ("name", Name), ("containerPort", Port), ("protocol", OneOf("TCP", "UDP", "SCTP"))))),
        ("livenessProbe", Probe),
        ("readinessProbe", Probe),
        ("startupProbe", Probe),
        ("securityContext", Object(
            [],
            ("allowPrivilegeEscalation", Flag),
            ("readOnlyRootFilesystem", Flag),
            ("runAsNonRoot", Flag),
            ("runAsUser", Whole(0)),
            ("runAsGroup", Whole(0)),
            ("capabilities", Object([], ("drop", ListOf(Text())), ("add", ListOf(Text())))))),
        ("resources", Resources),
        ("volumeMounts", ListOf(Object(["name", "mountPath"], ("name", Name), ("mountPath", Text(AbsolutePath())), ("readOnly", Flag), ("subPath", Text())))));

    private static readonly Shape Pod = Object(
        ["containers"],
        ("enableServiceLinks", Flag),
        ("terminationGracePeriodSeconds", Whole(0)),
        ("serviceAccountName", Name),
        ("automountServiceAccountToken", Flag),
        ("securityContext", Object(
            [],
            ("runAsNonRoot", Flag),
            ("runAsUser", Whole(0)),
            ("runAsGroup", Whole(0)),
            ("fsGroup", Whole(0)),
            ("fsGroupChangePolicy", OneOf("OnRootMismatch", "Always")))),
        ("containers", ListOf(Container)),
        ("initContainers", ListOf(Container)));

    private static readonly Shape StatefulSet = Object(
        ["apiVersion", "kind", "metadata", "spec"],
        ("apiVersion", OneOf("apps/v1")),
        ("kind", OneOf("StatefulSet")),
        ("metadata", Named(Metadata)),
        ("spec", Object(
            ["serviceName", "selector", "template"],
            ("serviceName", Name),
            ("replicas", Whole(0)),
            ("podManagementPolicy", OneOf("OrderedReady", "Parallel")),
            ("selector", Object(["matchLabels"], ("matchLabels", Labels))),
            ("template", Object(["metadata", "spec"], ("metadata", Metadata), ("spec", Pod))),
            ("volumeClaimTemplates", ListOf(Object(
                ["metadata", "spec"],
                ("metadata", Named(Metadata)),
                ("spec", Object(
                    ["accessModes", "resources"],
                    ("accessModes", ListOf(OneOf("ReadWriteOnce", "ReadWriteOncePod", "ReadWriteMany", "ReadOnlyMany"))),
                    ("storageClassName", Text()),
                    ("resources", Object(["requests"], ("requests", Amounts("storage")), ("limits", Amounts("storage"))))))))))));

    /// <returns>What is wrong, each with its place; empty when the manifest is right.</returns>
    public static IReadOnlyList<string> Errors(string manifest)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(manifest));
        var errors = new List<string>();
        foreach (var document in stream.Documents)
        {
            var kind = document.RootNode is YamlMappingNode root && root.Children.TryGetValue("kind", out var node) ? (string?)node : null;
            Shape? shape = kind switch { "Service" => Service, "StatefulSet" => StatefulSet, _ => null };
            if (shape is null)
            {
                errors.Add($"kind: '{kind}' is none of Service and StatefulSet");
                continue;
            }

            shape(document.RootNode, kind!, errors);
        }

        return errors;
    }

    private static Shape Object(string[] required, params (string Key, Shape Value)[] fields)
    {
        var byKey = fields.ToDictionary(f => f.Key, f => f.Value);
        return (node, path, errors) =>
        {
            if (node is not YamlMappingNode map)
            {
                errors.Add($"{path}: is no object");
                return;
            }

            foreach (var key in required.Where(key => !map.Children.ContainsKey(key)))
            {
                errors.Add($"{path}.{key}: is missing");
            }

            foreach (var (key, value) in map.Children)
            {
                if (byKey.TryGetValue((string)key!, out var shape))
                {
                    shape(value, $"{path}.{key}", errors);
                }
                else
                {
                    errors.Add($"{path}.{key}: is no field of it");
                }
            }
        };
    }

    private static Shape Named(Shape metadata) => (node, path, errors) =>
    {
        metadata(node, path, errors);
        if (node is YamlMappingNode map && !map.Children.ContainsKey("name"))
        {
            errors.Add($"{path}.name: is missing");
        }
    };

    private static Shape Amounts(params string[] keys) => Object([], [.. keys.Select(key => (key, Quantity))]);

    private static Shape MapOf(Regex keys, Shape values) => (node, path, errors) =>
    {
        if (node is not YamlMappingNode map)
        {
            errors.Add($"{path}: is no object");
            return;
        }

        foreach (var (key, value) in map.Children)
        {
            if (!keys.IsMatch((string)key!))
            {
                errors.Add($"{path}.{key}: is no key that may be there");
            }

            values(value, $"{path}.{key}", errors);
        }
    };

    private static Shape ListOf(Shape item) => (node, path, errors) =>
    {
        if (node is not YamlSequenceNode list)
        {
            errors.Add($"{path}: is no list");
            return;
        }

        for (var i = 0; i < list.Children.Count; i++)
        {
            item(list.Children[i], $"{path}[{i}]", errors);
        }
    };

    // What YAML reads as a number, a truth value or nothing is no string to the API, which refuses it.
    private static Shape Text(Regex? form = null) => (node, path, errors) =>
    {
        if (node is not YamlScalarNode { Value: { } value } scalar)
        {
            errors.Add($"{path}: is no string");
        }
        else if (scalar.Style == ScalarStyle.Plain && form != QuantityText() && NotText().IsMatch(value))
        {
            errors.Add($"{path}: {value} is no string without quotes");
        }
        else if (form?.IsMatch(value) == false)
        {
            errors.Add($"{path}: '{value}' has not its form");
        }
    };

    private static Shape OneOf(params string[] values) => (node, path, errors) =>
    {
        if (node is not YamlScalarNode { Value: { } value } || !values.Contains(value, StringComparer.Ordinal))
        {
            errors.Add($"{path}: '{node}' is none of {string.Join(", ", values)}");
        }
    };

    private static Shape Whole(long least, long most = int.MaxValue) => (node, path, errors) =>
    {
        if (node is not YamlScalarNode { Style: ScalarStyle.Plain, Value: { } value }
            || !long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number < least || number > most)
        {
            errors.Add($"{path}: '{node}' is no whole number from {least} to {most}");
        }
    };

    private static void Flag(YamlNode node, string path, List<string> errors)
    {
        if (node is not YamlScalarNode { Style: ScalarStyle.Plain, Value: "true" or "false" })
        {
            errors.Add($"{path}: '{node}' is neither true nor false");
        }
    }

    private static Shape Either(Shape one, Shape other) => (node, path, errors) =>
    {
        var (first, second) = (new List<string>(), new List<string>());
        one(node, path, first);
        other(node, path, second);
        if (first.Count > 0 && second.Count > 0)
        {
            errors.AddRange(first);
        }
    };

    [GeneratedRegex("^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$")]
    private static partial Regex DnsLabel();

    [GeneratedRegex("^([a-z0-9.-]+/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$")]
    private static partial Regex LabelKey();

    [GeneratedRegex("^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$")]
    private static partial Regex LabelValue();

    [GeneratedRegex("^[0-9]+(\\.[0-9]+)?(m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?$")]
    private static partial Regex QuantityText();

    [GeneratedRegex("^/")]
    private static partial Regex AbsolutePath();

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_]*$")]
    private static partial Regex VariableName();

    [GeneratedRegex("^(true|false|yes|no|on|off|null|~|[-+]?[0-9][0-9_]*(\\.[0-9]*)?([eE][-+]?[0-9]+)?|0x[0-9a-fA-F]+)?$", RegexOptions.IgnoreCase)]
    private static partial Regex NotText();
}
