namespace FlyMQ.Server.Options;

/// <summary>The value of every key, typed by the key it is asked with.</summary>
internal sealed class OptionValues(IReadOnlyDictionary<OptionKey, object?> set)
{
    public static readonly OptionValues None = new(new Dictionary<OptionKey, object?>());

    public string Text(OptionKey key) => key.WriteValue(set.TryGetValue(key, out var value) ? value : key.DefaultValue);

    public T Get<T>(OptionKey<T> key) => set.TryGetValue(key, out var value) ? (T)value! : key.Default;
}
