using FlyMQ.Coordination.Groups;
using FlyMQ.Protocol;
using FlyMQ.Protocol.Messages.Groups;

namespace FlyMQ.Coordination;

/// <summary>
/// What a decision comes to: records to append, applied when they are, and answers to give once everything the decision saw is committed.
/// </summary>
public sealed class Effects
{
    public List<CoordinatorRecord> Records { get; } = [];

    public List<Answer> Answers { get; } = [];

    /// <param name="give">Gives the answer.</param>
    /// <param name="fail">Gives an error in its place, when what it says could not be committed.</param>
    public void Answer(Action give, Action<ErrorCode> fail) => Answers.Add(new Answer(give, fail));

    internal void Answer(Action<JoinGroupResponse> reply, JoinGroupResponse answer)
        => Answer(() => reply(answer), error => reply(ClassicProtocol.Refused(answer.MemberId, error)));

    internal void Answer(Action<SyncGroupResponse> reply, SyncGroupResponse answer)
        => Answer(() => reply(answer), error => reply(new SyncGroupResponse { ErrorCode = error }));
}

public readonly record struct Answer(Action Give, Action<ErrorCode> Fail);
