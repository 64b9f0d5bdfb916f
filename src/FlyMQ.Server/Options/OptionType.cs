using System.Globalization;
using System.Net;
using FlyMQ.Storage;

namespace FlyMQ.Server.Options;

/// <summary>How a value is written in the configuration file.</summary>
internal enum OptionForm
{
    Text,
    Number,
    Boolean,

    /// <summary>An array of numbers; elsewhere <c>1,2,3</c>.</summary>
    Numbers,

    /// <summary>An object of texts; elsewhere <c>name=value,name=value</c>.</summary>
    Map,
}

/// <summary>How a key's value is read from text, written, and described.</summary>
internal abstract class OptionType<T>
{
    public abstract OptionForm Form { get; }

    /// <summary>The accepted values, for people: <c>1 to 60000</c>.</summary>
    public abstract string Accepted { get; }

    public abstract bool TryRead(string text, out T value);

    public abstract string Write(T value);
}

internal static class OptionTypes
{
    public static OptionType<int> Whole(int min, int max = int.MaxValue) => new NumberType<int>(min, max, v => v, null);

    public static OptionType<long> Long(long min, long max = long.MaxValue) => new NumberType<long>(min, max, v => v, null);

    public static OptionType<long> LongOr(long other, string meaning, long min) => new NumberType<long>(min, long.MaxValue, v => v, (other, meaning));

    /// <summary>A number with decimals.</summary>
    public static OptionType<double> Decimal(double min, double max) => new DecimalType(min, max);

    public static OptionType<bool> Boolean { get; } = new BooleanType();

    public static OptionType<string> Text(string accepted, Func<string, bool> holds) => new TextType(accepted, holds);

    public static OptionType<string?> OptionalText(string accepted, Func<string, bool> holds) => new OptionalTextType(accepted, holds);

    public static OptionType<T> Choice<T>(params (string Name, T Value)[] choices)
        where T : struct, Enum => new ChoiceType<T>(choices);

    /// <summary>Values of a topic configuration: the rule is the topic key's own.</summary>
    public static OptionType<string> Topic(Metadata.Configs.ConfigKey key) => new TopicType(key);

    public static OptionType<ListenAddress> Listen { get; } = new ListenType();

    /// <summary>Ends of buckets, in seconds.</summary>
    public static OptionType<LatencyBuckets> Buckets { get; } = new BucketsType();

    public static OptionType<IReadOnlyDictionary<string, ListenAddress>> Listeners { get; } =
        new MapType<ListenAddress>(ListenAddress.AcceptedForms, ListenAddress.TryParse, a => a.ToString());

    /// <summary>Names with texts. In a text, what would end one is percent-encoded: a comma is <c>%2C</c>, a percent sign <c>%25</c>.</summary>
    public static OptionType<IReadOnlyDictionary<string, string>> Texts(string accepted, Func<string, string, bool> holds) => new TextsType(accepted, holds);

    public static OptionType<OtlpEndpoint> Otlp { get; } = new OtlpType();

    public static OptionType<IReadOnlyDictionary<string, AdvertisedAddress>> Advertised { get; } =
        new MapType<AdvertisedAddress>(AdvertisedAddress.AcceptedForms, AdvertisedAddress.TryParse, a => a.ToString());

    private sealed class NumberType<T>(T min, T max, Func<T, long> wide, (long Value, string Meaning)? other) : OptionType<T>
        where T : struct, IParsable<T>, IComparable<T>, IFormattable
    {
        public override OptionForm Form => OptionForm.Number;

        public override string Accepted =>
            (wide(max) is int.MaxValue or long.MaxValue ? $"a whole number, {Write(min)} or more" : $"a whole number, {Write(min)} to {Write(max)}")
            + (other is { } o ? $"; {o.Value.ToString(CultureInfo.InvariantCulture)} {o.Meaning}" : "");

        public override bool TryRead(string text, out T value) =>
            T.TryParse(text, CultureInfo.InvariantCulture, out value)
            && ((value.CompareTo(min) >= 0 && value.CompareTo(max) <= 0) || wide(value) == other?.Value);

        public override string Write(T value) => value.ToString(null, CultureInfo.InvariantCulture);
    }

    private sealed class DecimalType(double min, double max) : OptionType<double>
    {
        public override OptionForm Form => OptionForm.Number;

        public override string Accepted => $"a number, {Write(min)} to {Write(max)}";

        public override bool TryRead(string text, out double value) =>
            double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && value >= min && value <= max;

        public override string Write(double value) => value.ToString("R", CultureInfo.InvariantCulture);
    }

    private sealed class BooleanType : OptionType<bool>
    {
        public override OptionForm Form => OptionForm.Boolean;

        public override string Accepted => "true or false";

        public override bool TryRead(string text, out bool value) => bool.TryParse(text, out value);

        public override string Write(bool value) => value ? "true" : "false";
    }

    private sealed class TextType(string accepted, Func<string, bool> holds) : OptionType<string>
    {
        public override OptionForm Form => OptionForm.Text;

        public override string Accepted => accepted;

        public override bool TryRead(string text, out string value)
        {
            value = text;
            return holds(text);
        }

        public override string Write(string value) => value;
    }

    private sealed class OptionalTextType(string accepted, Func<string, bool> holds) : OptionType<string?>
    {
        public override OptionForm Form => OptionForm.Text;

        public override string Accepted => accepted;

        public override bool TryRead(string text, out string? value)
        {
            value = text.Length == 0 ? null : text;
            return value is null || holds(value);
        }

        public override string Write(string? value) => value ?? "";
    }

    private sealed class ChoiceType<T>((string Name, T Value)[] choices) : OptionType<T>
        where T : struct, Enum
    {
        public override OptionForm Form => OptionForm.Text;

        public override string Accepted => string.Join(", ", choices.Select(c => c.Name));

        public override bool TryRead(string text, out T value)
        {
            foreach (var (name, choice) in choices)
            {
                if (string.Equals(name, text, StringComparison.OrdinalIgnoreCase))
                {
                    value = choice;
                    return true;
                }
            }

            value = default;
            return false;
        }

        public override string Write(T value) => choices.First(c => EqualityComparer<T>.Default.Equals(c.Value, value)).Name;
    }

    private sealed class TopicType(Metadata.Configs.ConfigKey key) : OptionType<string>
    {
        public override OptionForm Form => key.Type switch
        {
            Metadata.Configs.ConfigType.Boolean => OptionForm.Boolean,
            Metadata.Configs.ConfigType.Int or Metadata.Configs.ConfigType.Short or Metadata.Configs.ConfigType.Long or Metadata.Configs.ConfigType.Double => OptionForm.Number,
            _ => OptionForm.Text,
        };

        public override string Accepted => key.Rule.Accepted switch
        {
            "" when Form == OptionForm.Boolean => "true or false",
            "" when Form == OptionForm.Number => "a number",
            "" => "any text",
            var range => range,
        };

        public override bool TryRead(string text, out string value)
        {
            value = text;
            return key.Problem(text) is null;
        }

        public override string Write(string value) => value;
    }

    private sealed class ListenType : OptionType<ListenAddress>
    {
        public override OptionForm Form => OptionForm.Text;

        public override string Accepted => ListenAddress.AcceptedForms;

        public override bool TryRead(string text, out ListenAddress value) => ListenAddress.TryParse(text, out value);

        public override string Write(ListenAddress value) => value.ToString();
    }

    private sealed class BucketsType : OptionType<LatencyBuckets>
    {
        private const int Most = 100;
        private const decimal Least = 0.000_001m, Greatest = 3600m;

        public override OptionForm Form => OptionForm.Numbers;

        public override string Accepted => string.Create(
            CultureInfo.InvariantCulture, $"1 to {Most} numbers, each greater than the one before, {Least} to {Greatest}; as text separated by commas");

        public override bool TryRead(string text, out LatencyBuckets value)
        {
            value = LatencyBuckets.Default;
            var ends = new List<TimeSpan>();
            foreach (var item in text.Split(',', StringSplitOptions.TrimEntries))
            {
                if (!decimal.TryParse(item, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) || seconds is < Least or > Greatest)
                {
                    return false;
                }

                var end = new TimeSpan((long)(seconds * TimeSpan.TicksPerSecond));
                if (ends.Count == Most || (ends.Count > 0 && end <= ends[^1]))
                {
                    return false;
                }

                ends.Add(end);
            }

            value = new LatencyBuckets(ends);
            return true;
        }

        public override string Write(LatencyBuckets value) => string.Join(
            ',', value.Ends.ToArray().Select(end => ((decimal)end.Ticks / TimeSpan.TicksPerSecond).ToString("0.#######", CultureInfo.InvariantCulture)));
    }

    private sealed class OtlpType : OptionType<OtlpEndpoint>
    {
        public override OptionForm Form => OptionForm.Text;

        public override string Accepted => OtlpEndpoint.AcceptedForms;

        public override bool TryRead(string text, out OtlpEndpoint value) => OtlpEndpoint.TryParse(text, out value!);

        public override string Write(OtlpEndpoint value) => value.ToString();
    }

    private sealed class TextsType(string accepted, Func<string, string, bool> holds) : OptionType<IReadOnlyDictionary<string, string>>
    {
        public override OptionForm Form => OptionForm.Map;

        public override string Accepted => $"{accepted}; as text name=value,name=value, with %2C for a comma and %25 for a percent sign";

        public override bool TryRead(string text, out IReadOnlyDictionary<string, string> value)
        {
            var entries = new OrderedDictionary<string, string>(StringComparer.Ordinal);
            value = entries;
            foreach (var item in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            {
                var equals = item.IndexOf('=', StringComparison.Ordinal);
                if (equals <= 0)
                {
                    return false;
                }

                var (name, entry) = (Uri.UnescapeDataString(item[..equals].TrimEnd()), Uri.UnescapeDataString(item[(equals + 1)..].TrimStart()));
                if (!holds(name, entry) || !entries.TryAdd(name, entry))
                {
                    return false;
                }
            }

            return true;
        }

        public override string Write(IReadOnlyDictionary<string, string> value) =>
            string.Join(',', value.Select(e => $"{Escape(e.Key).Replace("=", "%3D", StringComparison.Ordinal)}={Escape(e.Value)}"));

        private static string Escape(string text) => text.Replace("%", "%25", StringComparison.Ordinal).Replace(",", "%2C", StringComparison.Ordinal);
    }

    private delegate bool Parse<T>(string text, out T value);

    private sealed class MapType<T>(string accepted, Parse<T> parse, Func<T, string> write) : OptionType<IReadOnlyDictionary<string, T>>
    {
        public override OptionForm Form => OptionForm.Map;

        public override string Accepted => $"names of letters, digits and '_', each with {accepted}; as text name=address,name=address";

        public override bool TryRead(string text, out IReadOnlyDictionary<string, T> value)
        {
            var entries = new OrderedDictionary<string, T>(StringComparer.OrdinalIgnoreCase);
            value = entries;
            foreach (var item in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            {
                var equals = item.IndexOf('=', StringComparison.Ordinal);
                if (equals <= 0 || !IsName(item[..equals]) || !parse(item[(equals + 1)..], out var entry) || !entries.TryAdd(item[..equals], entry))
                {
                    return false;
                }
            }

            return true;
        }

        public override string Write(IReadOnlyDictionary<string, T> value) => string.Join(',', value.Select(e => $"{e.Key}={write(e.Value)}"));

        private static bool IsName(string name) => name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');
    }
}
