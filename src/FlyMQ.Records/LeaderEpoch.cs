using System.Globalization;

namespace FlyMQ.Records;

/// <summary>
/// Counts the leaders a partition has had (KIP-101). Allocated by the metadata state machine, never by a Raft term.
/// </summary>
public readonly record struct LeaderEpoch(int Value) : IComparable<LeaderEpoch>
{
    /// <summary>No epoch known: −1 on the wire.</summary>
    public static readonly LeaderEpoch None = new(-1);

    public int CompareTo(LeaderEpoch other) => Value.CompareTo(other.Value);

    public static bool operator <(LeaderEpoch left, LeaderEpoch right) => left.Value < right.Value;
    public static bool operator >(LeaderEpoch left, LeaderEpoch right) => left.Value > right.Value;
    public static bool operator <=(LeaderEpoch left, LeaderEpoch right) => left.Value <= right.Value;
    public static bool operator >=(LeaderEpoch left, LeaderEpoch right) => left.Value >= right.Value;

    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
