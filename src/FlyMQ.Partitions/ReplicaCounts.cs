namespace FlyMQ.Partitions;

/// <param name="InSync">Members of the ISR, the leader included.</param>
/// <param name="Assigned">All replicas.</param>
public sealed record ReplicaCounts(int InSync, int Assigned)
{
    public static readonly ReplicaCounts Single = new(1, 1);
}
