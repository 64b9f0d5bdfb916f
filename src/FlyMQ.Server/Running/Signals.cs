using System.Runtime.InteropServices;

namespace FlyMQ.Server.Running;

/// <summary>SIGTERM and SIGINT: the first one asks for an end, the second one is it.</summary>
internal sealed partial class Signals : IDisposable
{
    private readonly TaskCompletionSource<string> _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly PosixSignalRegistration[] _registrations;
    private readonly Action<int> _end;
    private int _count;

    public Signals()
        : this(ExitNow, PosixSignal.SIGTERM, PosixSignal.SIGINT)
    {
    }

    /// <param name="end">Ends the process with a code, at once.</param>
    internal Signals(Action<int> end, params PosixSignal[] signals)
    {
        _end = end;
        _registrations = [.. signals.Select(s => PosixSignalRegistration.Create(s, On))];
    }

    /// <summary>Completes with the first signal's name.</summary>
    public Task<string> Asked => _asked.Task;

    public void Dispose()
    {
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }
    }

    private void On(PosixSignalContext context)
    {
        context.Cancel = true;
        if (Interlocked.Increment(ref _count) == 1)
        {
            _asked.TrySetResult(context.Signal.ToString());
        }
        else
        {
            // Not Environment.Exit: that would wait for whatever is being waited for.
            _end(128 + (context.Signal == PosixSignal.SIGINT ? 2 : 15));
        }
    }

    [LibraryImport("libc", EntryPoint = "_exit")]
    private static partial void ExitNow(int code);
}
