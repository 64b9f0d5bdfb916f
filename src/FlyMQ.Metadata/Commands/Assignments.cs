using System.Collections.Immutable;
using FlyMQ.Protocol;

namespace FlyMQ.Metadata.Commands;

/// <summary>May a partition be put on these brokers?</summary>
internal static class Assignments
{
    public static (ErrorCode Error, string Message)? Refusal(ClusterImage image, ImmutableArray<int> replicas)
    {
        if (replicas.IsEmpty)
        {
            return (ErrorCode.InvalidReplicaAssignment, "A partition has at least one replica.");
        }

        foreach (var replica in replicas)
        {
            if (image.BrokerOrNull(replica) is null)
            {
                return (ErrorCode.InvalidReplicaAssignment, $"Broker {replica} is not registered.");
            }
        }

        return replicas.Distinct().Count() == replicas.Length
            ? null
            : (ErrorCode.InvalidReplicaAssignment, $"A broker is named twice in [{string.Join(", ", replicas)}].");
    }
}
