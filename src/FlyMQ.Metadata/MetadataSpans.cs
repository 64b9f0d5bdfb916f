using System.Diagnostics;
using FlyMQ.Metadata.Commands;
using FlyMQ.Protocol;

namespace FlyMQ.Metadata;

/// <summary>
/// The span of what is appended to the metadata log: from the proposal until this node's image shows it. It lies in the span that is current, which is that
/// of the request that writes metadata; what the broker writes by itself stands alone. Whether it is recorded is up to who listens.
/// </summary>
public static class MetadataSpans
{
    public const string AppendEntries = "flymq.raft.append_entries";

    /// <summary>Which command, a string: <c>CreateTopics</c>.</summary>
    public const string Command = "flymq.raft.command";

    public const string SourceName = "FlyMQ.Metadata";

    public static readonly ActivitySource Source = new(SourceName);

    internal static Activity? Start(MetadataCommand command)
    {
        if (!Source.HasListeners())
        {
            return null;
        }

        var span = Source.StartActivity(AppendEntries);
        if (span is not null)
        {
            // The log's own work goes on behind the caller's back, and must not take this request along.
            Activity.Current = null;
        }

        return span?.SetTag(Command, command.Type.ToString());
    }

    internal static void Answered(this Activity span, CommandResult result)
    {
        if (!result.IsOk)
        {
            span.SetStatus(ActivityStatusCode.Error, result.Error.KafkaName());
        }
    }
}
