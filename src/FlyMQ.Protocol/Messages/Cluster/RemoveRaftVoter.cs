namespace FlyMQ.Protocol.Messages.Cluster;

/// <summary>Takes the vote from a controller (KIP-853).</summary>
[ApiRequest(ApiKey.RemoveRaftVoter, 0, 0, FlexibleSince = 0)]
public sealed partial class RemoveRaftVoterRequest
{
    public string? ClusterId { get; set; }

    public int VoterId { get; set; }

    public Guid VoterDirectoryId { get; set; }
}

[ApiResponse]
public sealed partial class RemoveRaftVoterResponse
{
    public int ThrottleTimeMs { get; set; }

    public ErrorCode ErrorCode { get; set; }

    public string? ErrorMessage { get; set; }
}
