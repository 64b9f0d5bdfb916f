using System.Globalization;

namespace FlyMQ.Metadata.Configs;

/// <summary>Which values a configuration accepts, beyond their type.</summary>
public abstract record ConfigRule
{
    public static readonly ConfigRule Any = new AnyRule();

    /// <summary>For the documentation, as Kafka writes ranges: <c>[0,...,1]</c>. Empty for any value.</summary>
    public abstract string Accepted { get; }

    /// <summary>What is wrong with a value of the right type; null when nothing is.</summary>
    public abstract string? Problem(ConfigType type, string value);

    public static ConfigRule AtLeast(double min) => new RangeRule(min, null, null);

    public static ConfigRule Between(double min, double max) => new RangeRule(min, max, null);

    public static ConfigRule BetweenOr(double min, double max, double other) => new RangeRule(min, max, other);

    public static ConfigRule OneOf(params string[] values) => new OneOfRule(values);

    public static ConfigRule ListOf(params string[] values) => new ListRule(values);

    /// <summary>Values that have a form of their own: <paramref name="holds"/> says whether one has it.</summary>
    public static ConfigRule Form(string accepted, Func<string, bool> holds, string? problem = null) => new FormRule(accepted, holds, problem);

    private sealed record AnyRule : ConfigRule
    {
        public override string Accepted => "";

        public override string? Problem(ConfigType type, string value) => null;
    }

    private sealed record RangeRule(double Min, double? Max, double? Other) : ConfigRule
    {
        public override string Accepted =>
            Max is null ? $"[{Text(Min)},...]" : $"[{Text(Min)},...,{Text(Max.Value)}]" + (Other is null ? "" : $" or {Text(Other.Value)}");

        public override string? Problem(ConfigType type, string value)
        {
            var number = double.Parse(value, CultureInfo.InvariantCulture);
            return number == Other ? null
                : Other is not null && (number < Min || number > Max) ? $"Value must be between {Text(Min)} and {Text(Max!.Value)} or equal to {Text(Other.Value)}"
                : number < Min ? $"Value must be at least {Text(Min)}"
                : number > Max ? $"Value must be no more than {Text(Max.Value)}"
                : null;
        }

        private static string Text(double bound) => bound.ToString("0.################", CultureInfo.InvariantCulture);
    }

    private sealed record OneOfRule(string[] Values) : ConfigRule
    {
        public override string Accepted => $"[{string.Join(", ", Values)}]";

        public override string? Problem(ConfigType type, string value) =>
            Values.Contains(value, StringComparer.Ordinal) ? null : $"String must be one of: {string.Join(", ", Values)}";
    }

    private sealed record ListRule(string[] Values) : ConfigRule
    {
        public override string Accepted => $"[{string.Join(", ", Values)}]";

        public override string? Problem(ConfigType type, string value) =>
            ConfigValues.List(value).All(v => Values.Contains(v, StringComparer.Ordinal)) ? null : $"String must be one of: {string.Join(", ", Values)}";
    }

    private sealed record FormRule(string Text, Func<string, bool> Holds, string? Complaint) : ConfigRule
    {
        public override string Accepted => Text;

        public override string? Problem(ConfigType type, string value) => Holds(value) ? null : Complaint ?? $"Value must have the form {Text}";
    }
}
