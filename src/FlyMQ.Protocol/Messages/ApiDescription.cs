namespace FlyMQ.Protocol.Messages;

/// <summary>What is declared of an API.</summary>
/// <param name="Versions">All that can be read and written.</param>
/// <param name="StableVersions">Those that may be advertised: Kafka marks some newest versions as unfinished.</param>
/// <param name="FlexibleSince">The first version with compact forms and tagged fields (KIP-482), if any.</param>
public sealed record ApiDescription(ApiKey Key, VersionRange Versions, VersionRange StableVersions, short? FlexibleSince)
{
    public string Name { get; } = Key.ToString();

    public bool IsFlexible(short version) => version >= FlexibleSince;

    /// <summary>Also for versions that are not declared: a request of an unknown version still has a header.</summary>
    public short RequestHeaderVersion(short version) => IsFlexible(version) ? (short)2 : (short)1;

    // A client that knows nothing of the broker yet must be able to read the answer to its first question (KIP-511).
    public short ResponseHeaderVersion(short version) => Key != ApiKey.ApiVersions && IsFlexible(version) ? (short)1 : (short)0;
}
