namespace FlyMQ.Metadata;

/// <summary>A voter of the metadata quorum as its leader sees it.</summary>
/// <param name="LogEndOffset">The last log index this voter is known to have, −1 where this node cannot know.</param>
public sealed record QuorumVoter(int NodeId, long LogEndOffset);
