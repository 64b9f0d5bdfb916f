namespace FlyMQ.Protocol.Messages.Cluster;

/// <summary>Makes a controller a voter (KIP-853).</summary>
[ApiRequest(ApiKey.AddRaftVoter, 0, 1, FlexibleSince = 0)]
public sealed partial class AddRaftVoterRequest
{
    public string? ClusterId { get; set; }

    public int TimeoutMs { get; set; }

    public int VoterId { get; set; }

    public Guid VoterDirectoryId { get; set; }

    public List<Listener> Listeners { get; set; } = [];

    [Since(1)]
    public bool AckWhenCommitted { get; set; } = true;

    public sealed partial class Listener
    {
        public string Name { get; set; } = "";

        public string Host { get; set; } = "";

        public ushort Port { get; set; }
    }
}

[ApiResponse]
public sealed partial class AddRaftVoterResponse
{
    public int ThrottleTimeMs { get; set; }

    public ErrorCode ErrorCode { get; set; }

    public string? ErrorMessage { get; set; }
}
