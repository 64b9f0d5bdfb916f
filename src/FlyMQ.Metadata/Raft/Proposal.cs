namespace FlyMQ.Metadata.Raft;

/// <summary>
/// A command on its way through this node. It travels beside the log entry, by index; after a change of leader another entry may
/// have that index, so its id is compared before the result is believed.
/// </summary>
internal sealed class Proposal(Guid commandId)
{
    private readonly TaskCompletionSource<CommandResult> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Guid CommandId => commandId;

    public Task<CommandResult> Result => _result.Task;

    public void Complete(CommandResult result) => _result.TrySetResult(result);
}
