using System.Globalization;
using FlyMQ.Records;

namespace FlyMQ.Storage.Segments;

/// <summary>Kafka's names for the files of a partition: twenty digits of the base offset, and what the file is.</summary>
internal static class LogFileNames
{
    public const string Log = ".log", OffsetIndex = ".index", TimeIndex = ".timeindex", TransactionIndex = ".txnindex", ProducerSnapshot = ".snapshot";
    public const string LeaderEpochs = "leader-epoch-checkpoint", PartitionMetadata = "partition.metadata", DeletedSuffix = "-delete";

    public static string Of(Offset offset, string kind) => string.Create(CultureInfo.InvariantCulture, $"{offset.Value:D20}{kind}");

    public static bool TryParse(string name, string kind, out Offset offset)
    {
        offset = default;
        if (name.Length != 20 + kind.Length || !name.EndsWith(kind, StringComparison.Ordinal)
            || !long.TryParse(name.AsSpan(0, 20), NumberStyles.None, CultureInfo.InvariantCulture, out var value))
        {
            return false;
        }

        offset = new Offset(value);
        return true;
    }
}
