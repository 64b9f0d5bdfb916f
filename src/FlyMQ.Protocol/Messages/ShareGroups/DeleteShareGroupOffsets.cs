namespace FlyMQ.Protocol.Messages.ShareGroups;

/// <summary>Forgets where a share group reads topics.</summary>
[ApiRequest(ApiKey.DeleteShareGroupOffsets, 0, 0, FlexibleSince = 0)]
public sealed partial class DeleteShareGroupOffsetsRequest
{
    public string GroupId { get; set; } = "";

    public List<Topic> Topics { get; set; } = [];

    public sealed partial class Topic
    {
        public string TopicName { get; set; } = "";
    }
}

[ApiResponse]
public sealed partial class DeleteShareGroupOffsetsResponse
{
    public int ThrottleTimeMs { get; set; }

    public ErrorCode ErrorCode { get; set; }

    public string? ErrorMessage { get; set; }

    public List<Response> Responses { get; set; } = [];

    public sealed partial class Response
    {
        public string TopicName { get; set; } = "";

        public Guid TopicId { get; set; }

        public ErrorCode ErrorCode { get; set; }

        public string? ErrorMessage { get; set; }
    }
}
