using FlyMQ.Compatibility.Clients;

namespace FlyMQ.Compatibility.Scenarios;

/// <summary>Waits on members of one group.</summary>
internal static class Members
{
    /// <summary>Until every partition is owned by exactly one of these members, and each owns its even share.</summary>
    public static Task ShareAsync(int partitions, params IMember[] members) => Until.TrueAsync(
        $"{members.Length} members share {partitions} partitions",
        () =>
        {
            Array.ForEach(members, member => member.ThrowIfBroken());
            return members.SelectMany(member => member.Assignment).Order().SequenceEqual(Enumerable.Range(0, partitions))
                && members.All(member => member.Assignment.Count >= partitions / members.Length);
        },
        describe: () => string.Join(" / ", members.Select(member => string.Join(',', member.Assignment))));

    public static Task ReadAsync(int count, params IMember[] members) => Until.TrueAsync(
        $"{count} records are read",
        () =>
        {
            Array.ForEach(members, member => member.ThrowIfBroken());
            return members.Sum(member => member.Records.Count) >= count;
        },
        describe: () => $"(read {string.Join('+', members.Select(member => member.Records.Count))})");
}
