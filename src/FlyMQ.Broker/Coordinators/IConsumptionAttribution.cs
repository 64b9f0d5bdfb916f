namespace FlyMQ.Broker.Coordinators;

/// <summary>Tells whose a fetch is. A fetch does not say for which group it reads, so this is a conclusion, and none is drawn where there could be two.</summary>
internal interface IConsumptionAttribution
{
    /// <param name="topic">By name.</param>
    /// <param name="partition">That is fetched from.</param>
    /// <param name="clientId">As the fetch said it.</param>
    /// <param name="clientHost">With a slash before the address.</param>
    /// <returns>The one group that has given the partition to a member of that client id and host; null when there is none, or more than one.</returns>
    string? GroupOf(string topic, int partition, string? clientId, string clientHost);
}
