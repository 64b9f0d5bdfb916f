namespace FlyMQ.Protocol.Messages.Topics;

/// <summary>Deletes topics by name, or since version 6 by id (KIP-516).</summary>
[ApiRequest(ApiKey.DeleteTopics, 0, 6, FlexibleSince = 4)]
public sealed partial class DeleteTopicsRequest
{
    [Since(6)]
    public List<DeleteTopicState> Topics { get; set; } = [];

    [Until(5), Ignorable]
    public List<string> TopicNames { get; set; } = [];

    public int TimeoutMs { get; set; }

    public sealed partial class DeleteTopicState
    {
        public string? Name { get; set; }

        public Guid TopicId { get; set; }
    }
}

[ApiResponse]
public sealed partial class DeleteTopicsResponse
{
    [Since(1)]
    public int ThrottleTimeMs { get; set; }

    public List<DeletableTopicResult> Responses { get; set; } = [];

    public sealed partial class DeletableTopicResult
    {
        [NullableSince(6)]
        public string? Name { get; set; }

        [Since(6)]
        public Guid TopicId { get; set; }

        public ErrorCode ErrorCode { get; set; }

        [Since(5)]
        public string? ErrorMessage { get; set; }
    }
}
