using System.Text.Json.Nodes;
using FlyMQ.Compatibility.Processes;

namespace FlyMQ.Compatibility.Clients;

/// <summary>A group member in a helper process of its own; a loop here keeps it polling.</summary>
internal sealed class HelperMember : IMember
{
    private const int PollMs = 200;
    private readonly HelperProcess _process;
    private readonly MemberState _state = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;

    private HelperMember(HelperProcess process)
    {
        _process = process;
        _loop = RunAsync();
    }

    public IReadOnlyList<int> Assignment => _state.Assignment;

    public int Assignments => _state.Assignments;

    public IReadOnlyList<TestRecord> Records => _state.Records;

    public static async Task<IMember> JoinAsync(HelperProcess process, string bootstrap, MemberSettings settings)
    {
        await process.CallAsync(new JsonObject
        {
            ["op"] = "join",
            ["bootstrap"] = bootstrap,
            ["group"] = settings.Group,
            ["topic"] = settings.Topic,
            ["assignor"] = settings.Assignor,
            ["instanceId"] = settings.InstanceId,
            ["sessionTimeoutMs"] = settings.SessionTimeoutMs,
        });
        return new HelperMember(process);
    }

    public Task CommitAsync() => _process.CallAsync(new JsonObject { ["op"] = "commit" });

    public async Task KillAsync()
    {
        await _stop.CancelAsync();
        await _process.KillAsync();
        await _loop;
    }

    public void ThrowIfBroken() => _state.ThrowIfBroken();

    public async ValueTask DisposeAsync()
    {
        if (!_stop.IsCancellationRequested)
        {
            await _stop.CancelAsync();
            await _loop;
            if (!_state.IsBroken)
            {
                await _process.CallAsync(new JsonObject { ["op"] = "leave" });
            }
        }

        await _process.DisposeAsync();
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            while (!_stop.IsCancellationRequested)
            {
                var polled = await _process.CallAsync(new JsonObject { ["op"] = "poll", ["timeoutMs"] = PollMs });
                _state.Add(JsonRecords.Parse(polled!["records"]));
                // Each poll tells every assignment since the last one, so that none is missed.
                foreach (var assignment in polled["assignments"]!.AsArray())
                {
                    _state.Assigned(assignment!.AsArray().Select(partition => partition!.GetValue<int>()));
                }
            }
        }
        catch (Exception error) when (!_stop.IsCancellationRequested)
        {
            _state.Broke(error);
        }
        catch (InvalidOperationException)
        {
            // Killed while a poll was under way.
        }
    }
}
