using System.Globalization;

namespace FlyMQ.Server.Options;

/// <summary>What has to hold between keys. Pure: the values say it all.</summary>
internal static class OptionRules
{
    public static void Check(OptionValues values, Func<OptionKey, string> sourceOf, List<ConfigProblem> problems)
    {
        void Refuse(OptionKey key, string value, string what) => problems.Add(new ConfigProblem(key.Name, value, sourceOf(key), what));

        CheckListeners(values, Refuse);
        CheckPorts(values, Refuse);
        CheckReach(values, Refuse);
        CheckNumbers(values, Refuse);
        CheckClientCertificate(TracingKeys.Enabled, TracingKeys.Connection, values, Refuse);
        CheckClientCertificate(OtlpMetricsKeys.Enabled, OtlpMetricsKeys.Connection, values, Refuse);
    }

    private delegate void Refusal(OptionKey key, string value, string what);

    private static void CheckListeners(OptionValues values, Refusal refuse)
    {
        var listeners = values.Get(BrokerKeys.Listeners);
        var advertised = values.Get(BrokerKeys.Advertised);
        var names = string.Join(", ", listeners.Keys);
        if (listeners.Count == 0)
        {
            refuse(BrokerKeys.Listeners, "", $"at least one listener; accepted: {BrokerKeys.Listeners.Accepted}");
            return;
        }

        foreach (var (name, address) in advertised)
        {
            if (!listeners.ContainsKey(name))
            {
                refuse(BrokerKeys.Advertised, $"{name}={address}", $"there is no such listener; accepted: {names}");
            }
        }

        foreach (var (name, address) in listeners)
        {
            if (address.IsEveryAddress && !advertised.ContainsKey(name))
            {
                refuse(
                    BrokerKeys.Listeners, $"{name}={address}",
                    $"binds every address, which clients cannot be told to connect to; accepted with an address for it in {BrokerKeys.Advertised.Name}");
            }
        }

        if (values.Get(BrokerKeys.InterBroker) is { } own && !listeners.ContainsKey(own))
        {
            refuse(BrokerKeys.InterBroker, own, $"there is no such listener; accepted: {names}");
        }
    }

    private static void CheckPorts(OptionValues values, Refusal refuse)
    {
        var taken = new Dictionary<int, string>();
        void Take(OptionKey key, string what, ListenAddress address)
        {
            if (address.Port != 0 && !taken.TryAdd(address.Port, what))
            {
                refuse(
                    key, address.ToString(),
                    string.Create(CultureInfo.InvariantCulture, $"{what} and {taken[address.Port]} are both on port {address.Port}; accepted: a port for each"));
            }
        }

        foreach (var (name, address) in values.Get(BrokerKeys.Listeners))
        {
            Take(BrokerKeys.Listeners, $"the listener {name}", address);
        }

        Take(MetadataKeys.Listen, MetadataKeys.Listen.Name, values.Get(MetadataKeys.Listen));
        if (values.Get(MetricsKeys.Enabled))
        {
            Take(MetricsKeys.Listen, MetricsKeys.Listen.Name, values.Get(MetricsKeys.Listen));
        }

        if (values.Get(HealthKeys.Enabled))
        {
            Take(HealthKeys.Listen, HealthKeys.Listen.Name, values.Get(HealthKeys.Listen));
        }
    }

    private static void CheckReach(OptionValues values, Refusal refuse)
    {
        if (values.Get(SecurityKeys.AllowPlaintextBeyondLoopback))
        {
            return;
        }

        var how = $"other machines would reach it without authentication; accepted: a loopback address, or {SecurityKeys.AllowPlaintextBeyondLoopback.Name}=true";
        foreach (var (name, address) in values.Get(BrokerKeys.Listeners))
        {
            if (!address.IsLoopback)
            {
                refuse(BrokerKeys.Listeners, $"{name}={address}", how);
            }
        }

        if (!values.Get(MetadataKeys.Listen).IsLoopback)
        {
            refuse(MetadataKeys.Listen, values.Get(MetadataKeys.Listen).ToString(), how);
        }

        if (values.Get(MetricsKeys.Enabled) && !values.Get(MetricsKeys.Listen).IsLoopback)
        {
            refuse(MetricsKeys.Listen, values.Get(MetricsKeys.Listen).ToString(), how);
        }
    }

    private static void CheckClientCertificate(OptionKey<bool> enabled, OtlpKeys keys, OptionValues values, Refusal refuse)
    {
        var (certificate, key) = (values.Get(keys.ClientCertificate), values.Get(keys.ClientKey));
        if (values.Get(enabled) && (certificate is null) != (key is null))
        {
            var (given, missing) = certificate is null ? (keys.ClientKey, keys.ClientCertificate) : (keys.ClientCertificate, keys.ClientKey);
            refuse(given, values.Text(given), $"is of no use alone; accepted: with {missing.Name}");
        }
    }

    private static void CheckNumbers(OptionValues values, Refusal refuse)
    {
        void Least<T>(OptionKey<T> key, T least, string because)
            where T : IComparable<T>
        {
            if (values.Get(key).CompareTo(least) < 0)
            {
                refuse(key, values.Text(key), $"accepted: {least} or more ({because})");
            }
        }

        Least(MetadataKeys.ElectionTimeoutMaxMs, values.Get(MetadataKeys.ElectionTimeoutMinMs) + 1, $"more than {MetadataKeys.ElectionTimeoutMinMs.Name}");
        Least(MetadataKeys.ElectionTimeoutMinMs, values.Get(MetadataKeys.RequestTimeoutMs), MetadataKeys.RequestTimeoutMs.Name);
        Least(NetworkKeys.RequestMemoryBytes, values.Get(NetworkKeys.SocketRequestMaxBytes), NetworkKeys.SocketRequestMaxBytes.Name);
        Least(StorageKeys.JournalBytes, 2L * values.Get(StorageKeys.JournalFileBytes), $"two files of {StorageKeys.JournalFileBytes.Name}");
        Least(GroupKeys.MaxSessionTimeoutMs, values.Get(GroupKeys.MinSessionTimeoutMs), GroupKeys.MinSessionTimeoutMs.Name);
    }
}
