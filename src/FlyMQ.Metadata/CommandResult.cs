using System.Collections.Immutable;
using FlyMQ.Protocol;

namespace FlyMQ.Metadata;

/// <summary>
/// What a command came to. An expected failure is a value here; nothing is thrown for it. A result with an error changed nothing.
/// </summary>
/// <remarks>
/// <see cref="ErrorCode.NotController"/>: another node leads, try there. <see cref="ErrorCode.RequestTimedOut"/>: the outcome is not known;
/// proposing the same command (same id) again gives the outcome it had.
/// </remarks>
public sealed record CommandResult(ErrorCode Error, string? Message = null)
{
    public static readonly CommandResult Ok = new(ErrorCode.None);

    /// <summary>The number the command asked for: a broker epoch, or the first producer id of a block.</summary>
    public long Value { get; init; }

    /// <summary>One per part of the command, in the command's order.</summary>
    public ImmutableArray<CommandItem> Items { get; init; } = [];

    public bool IsOk => Error == ErrorCode.None;
}
