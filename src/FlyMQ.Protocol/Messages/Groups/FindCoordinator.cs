namespace FlyMQ.Protocol.Messages.Groups;

/// <summary>The broker that keeps a group or a transactional id; several at once since version 4 (KIP-699).</summary>
[ApiRequest(ApiKey.FindCoordinator, 0, 6, FlexibleSince = 3)]
public sealed partial class FindCoordinatorRequest
{
    [Until(3)]
    public string Key { get; set; } = "";

    [Since(1)]
    public sbyte KeyType { get; set; }

    [Since(4)]
    public List<string> CoordinatorKeys { get; set; } = [];
}

[ApiResponse]
public sealed partial class FindCoordinatorResponse
{
    [Since(1)]
    public int ThrottleTimeMs { get; set; }

    [Until(3)]
    public ErrorCode ErrorCode { get; set; }

    [Since(1), Until(3)]
    public string? ErrorMessage { get; set; }

    [Until(3)]
    public int NodeId { get; set; }

    [Until(3)]
    public string Host { get; set; } = "";

    [Until(3)]
    public int Port { get; set; }

    [Since(4)]
    public List<Coordinator> Coordinators { get; set; } = [];

    public sealed partial class Coordinator
    {
        public string Key { get; set; } = "";

        public int NodeId { get; set; }

        public string Host { get; set; } = "";

        public int Port { get; set; }

        public ErrorCode ErrorCode { get; set; }

        public string? ErrorMessage { get; set; }
    }
}
