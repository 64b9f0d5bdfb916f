using System.Globalization;
using FlyMQ.Compatibility.Clients;

namespace FlyMQ.Compatibility.Scenarios;

/// <summary>Checks records made by <see cref="IProducer.SendManyAsync"/>.</summary>
internal static class RecordAudit
{
    public static void AssertExactlyOnceInOrder(IReadOnlyList<TestRecord> read, int count, int keys)
    {
        var seen = new int[count];
        var lastByKey = Enumerable.Repeat(-1, keys).ToArray();
        foreach (var record in read.OrderBy(record => record.Partition).ThenBy(record => record.Offset))
        {
            var n = int.Parse(record.ValueText!, CultureInfo.InvariantCulture);
            seen[n]++;
            Assert.Equal($"k{n % keys}", record.KeyText);
            Assert.True(lastByKey[n % keys] < n, $"key k{n % keys}: {n} after {lastByKey[n % keys]}");
            lastByKey[n % keys] = n;
        }

        var missing = seen.Count(times => times == 0);
        var repeated = seen.Count(times => times > 1);
        Assert.True(missing == 0 && repeated == 0, $"{missing} records missing, {repeated} repeated, of {count}");
        Assert.Equal(count, read.Count);
    }

    /// <summary>Reading order within a partition is offset order.</summary>
    public static void AssertReadInOffsetOrder(IReadOnlyList<TestRecord> read)
    {
        foreach (var partition in read.GroupBy(record => record.Partition))
        {
            var offsets = partition.Select(record => record.Offset).ToList();
            Assert.Equal(offsets.Order(), offsets);
        }
    }
}
