namespace FlyMQ.Compatibility.Clients;

/// <summary>A client refused or was refused. <see cref="Code"/> is Kafka's error code, or <see cref="Local"/> where the client itself said no.</summary>
internal sealed class ClientError(int code, string message) : Exception($"error {code}: {message}")
{
    public const int Local = -1000;
    public const int UnknownTopicOrPartition = 3;
    public const int MessageTooLarge = 10;
    public const int CoordinatorLoading = 14;
    public const int NotCoordinator = 16;
    public const int TopicAlreadyExists = 36;
    public const int InvalidConfig = 40;
    public const int InvalidReplicationFactor = 38;

    public int Code { get; } = code;
}
