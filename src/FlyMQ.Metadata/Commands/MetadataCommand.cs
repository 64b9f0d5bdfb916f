using FlyMQ.Metadata.Encoding;

namespace FlyMQ.Metadata.Commands;

/// <summary>
/// One change of the metadata. It carries everything that decides its outcome besides the image (ids, placements, times), is applied once
/// however often it is proposed, and its result is a value.
/// </summary>
/// <param name="Id">Drawn by the proposer. The same id again is the same command again.</param>
public abstract record MetadataCommand(Guid Id)
{
    /// <summary>The W3C trace context of the request behind the command, so that spans of other nodes join its trace.</summary>
    public string? TraceParent { get; init; }

    internal abstract CommandType Type { get; }

    /// <summary>Raised when a field's meaning changes; an appended field does not need it.</summary>
    internal virtual int Version => 1;

    internal abstract void Write(MetadataWriter writer);

    internal abstract CommandResult Apply(ImageEdit edit);
}
