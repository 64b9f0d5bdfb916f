using System;

namespace FlyMQ.Protocol.Generator.Model;

/// <summary>Versions from <paramref name="From"/> to <paramref name="To"/>, both included.</summary>
internal readonly record struct Versions(int From, int To)
{
    public const int Never = int.MaxValue;

    public bool Contains(int version) => version >= From && version <= To;

    public Versions Within(Versions other) => new(Math.Max(From, other.From), Math.Min(To, other.To));
}
