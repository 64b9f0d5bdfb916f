using FlyMQ.Metadata.Commands;

namespace FlyMQ.Metadata;

/// <summary>
/// The deterministic heart: an image and a command give an image and a result, on every node the same. No clock, no randomness, no I/O;
/// ids, epochs and times come in the command or are counted in the image.
/// </summary>
public static class MetadataStateMachine
{
    /// <summary>Applies <paramref name="command"/>; a command that was applied before (same id) only repeats its result.</summary>
    public static (ClusterImage Image, CommandResult Result) Apply(ClusterImage image, MetadataCommand command)
    {
        var (change, result) = Step(image, command);
        return (change.After, result);
    }

    internal static (ClusterChange Change, CommandResult Result) Step(ClusterImage image, MetadataCommand command)
    {
        if (image.Recent.Find(command.Id) is { } earlier)
        {
            return (new ImageEdit(image).ToChange(), earlier);
        }

        var edit = new ImageEdit(image with { Version = image.Version + 1 }) { Before = image };
        var result = command.Apply(edit);
        if (!result.IsOk)
        {
            // A refused command leaves no trace but its result, so that a command never half happens.
            edit = new ImageEdit(image with { Version = image.Version + 1 }) { Before = image };
        }

        edit.Remember(command.Id, result);
        return (edit.ToChange(), result);
    }
}
