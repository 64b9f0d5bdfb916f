namespace FlyMQ.Protocol.Tests.Layouts;

internal sealed record MessageLayout(string Name, short Min, short Max, short FlexibleSince, bool NewestIsUnstable, IReadOnlyList<FieldLayout> Fields)
{
    public IEnumerable<short> Versions => Enumerable.Range(Min, Max - Min + 1).Select(v => (short)v);

    public bool IsFlexible(short version) => version >= FlexibleSince;

    public bool IsRequest => Name.EndsWith("Request", StringComparison.Ordinal);

    public string Describe(short version) =>
        $"{Name} v{version}{(IsFlexible(version) ? " flexible" : "")} {Describe(Fields, version, withIgnorable: IsRequest)}";

    public static string Describe(IEnumerable<FieldLayout> fields, short version, bool withIgnorable) =>
        "{ " + string.Join("; ", fields.Where(f => f.IsIn(version)).Select(f => f.Describe(version, withIgnorable))) + " }";
}
