using System.Runtime.InteropServices;

namespace FlyMQ.Server.Running;

/// <summary>SIGTERM and SIGINT: the first one asks for an end, the second one is it.</summary>
internal sealed partial class Signals : IDisposable
{
    private readonly TaskCompletionSource<string> _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly PosixSignalRegistration _terminate;
    private readonly PosixSignalRegistration _interrupt;
    private int _count;

    public Signals()
    {
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, On);
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, On);
    }

    /// <summary>Completes with the first signal's name.</summary>
    public Task<string> Asked => _asked.Task;

    public void Dispose()
    {
        _terminate.Dispose();
        _interrupt.Dispose();
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
            ExitNow(128 + (context.Signal == PosixSignal.SIGINT ? 2 : 15));
        }
    }

    [LibraryImport("libc", EntryPoint = "_exit")]
    private static partial void ExitNow(int code);
}
