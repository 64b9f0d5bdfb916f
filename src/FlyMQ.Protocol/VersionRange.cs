namespace FlyMQ.Protocol;

/// <summary>Versions from <paramref name="Min"/> to <paramref name="Max"/>, both included.</summary>
public readonly record struct VersionRange(short Min, short Max)
{
    public bool Contains(short version) => version >= Min && version <= Max;

    /// <exception cref="ArgumentOutOfRangeException">The version is not among them: the caller should have asked before.</exception>
    public void Require(short version)
    {
        if (!Contains(version))
        {
            throw new ArgumentOutOfRangeException(nameof(version), version, $"Only versions {this} are declared");
        }
    }

    public override string ToString() => Min == Max ? $"{Min}" : $"{Min}-{Max}";
}
