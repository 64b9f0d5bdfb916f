using System.Globalization;

namespace FlyMQ.Records;

/// <summary>The position of a record in its partition: 0 for the first one ever written, then dense until compaction.</summary>
public readonly record struct Offset(long Value) : IComparable<Offset>
{
    public static readonly Offset Zero = new(0);

    public int CompareTo(Offset other) => Value.CompareTo(other.Value);

    public static Offset operator +(Offset offset, long records) => new(offset.Value + records);
    public static Offset operator -(Offset offset, long records) => new(offset.Value - records);
    public static long operator -(Offset left, Offset right) => left.Value - right.Value;
    public static bool operator <(Offset left, Offset right) => left.Value < right.Value;
    public static bool operator >(Offset left, Offset right) => left.Value > right.Value;
    public static bool operator <=(Offset left, Offset right) => left.Value <= right.Value;
    public static bool operator >=(Offset left, Offset right) => left.Value >= right.Value;

    public static Offset Min(Offset left, Offset right) => left < right ? left : right;
    public static Offset Max(Offset left, Offset right) => left > right ? left : right;

    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
