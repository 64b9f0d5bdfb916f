namespace FlyMQ.Server.Options;

/// <summary>One configuration key, declared once: the file, the environment, flags, help and the documentation all read this.</summary>
internal abstract class OptionKey(string section, string name, string about)
{
    /// <summary><c>storage.sync</c>; keys of the root have no section.</summary>
    public string Name { get; } = section.Length == 0 ? name : $"{section}.{name}";

    public string Section => section;

    public string About => about;

    public string Flag => $"--{Name}";

    public string EnvironmentName => $"FLYMQ_{Name.Replace('.', '_').ToUpperInvariant()}";

    /// <summary>The broker configuration of Kafka that this is; null for keys of our own.</summary>
    public string? KafkaName { get; init; }

    /// <summary>Shown as <c>********</c>.</summary>
    public bool Secret { get; init; }

    /// <summary>Can be changed while the broker runs, through IncrementalAlterConfigs under <see cref="KafkaName"/>.</summary>
    public bool Dynamic { get; init; }

    /// <summary>Belongs to something that is not built yet: accepted, so that a file can be prepared for it, with a warning.</summary>
    public bool NotThereYet { get; init; }

    public abstract OptionForm Form { get; }

    public abstract string Accepted { get; }

    public abstract string DefaultText { get; }

    /// <summary>The value as the key's type, boxed; null when <paramref name="text"/> is not accepted.</summary>
    public abstract bool TryRead(string text, out object? value);

    public abstract object? DefaultValue { get; }

    /// <summary>A value as it would be written, however it was given.</summary>
    public abstract string WriteValue(object? value);

    public override string ToString() => Name;
}

internal sealed class OptionKey<T>(string section, string name, OptionType<T> type, T @default, string about) : OptionKey(section, name, about)
{
    public T Default => @default;

    public override OptionForm Form => type.Form;

    public override string Accepted => type.Accepted;

    public override string DefaultText => type.Write(@default);

    public override object? DefaultValue => @default;

    public override bool TryRead(string text, out object? value)
    {
        var read = type.TryRead(text, out var typed);
        value = typed;
        return read;
    }

    public override string WriteValue(object? value) => type.Write((T)value!);
}

/// <summary>The keys of one section, in the order of their declaration.</summary>
internal sealed class OptionSection(string name, string about)
{
    private readonly List<OptionKey> _keys = [];

    public string Name => name;

    public string About => about;

    public IReadOnlyList<OptionKey> Keys => _keys;

    public OptionKey<T> Key<T>(
        string name, OptionType<T> type, T @default, string about, string? kafka = null, bool dynamic = false, bool notThereYet = false, bool secret = false)
    {
        var key = new OptionKey<T>(Name, name, type, @default, about) { KafkaName = kafka, Dynamic = dynamic, NotThereYet = notThereYet, Secret = secret };
        _keys.Add(key);
        return key;
    }
}
