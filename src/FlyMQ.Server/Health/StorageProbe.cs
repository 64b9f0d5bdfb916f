using System.Diagnostics;
using FlyMQ.Storage.Files;

namespace FlyMQ.Server.Health;

/// <summary>
/// Writes a page to the data folder every few seconds, flushes it and takes the time, on a thread of its own: a disk that hangs holds nobody else.
/// </summary>
internal sealed class StorageProbe : IDisposable
{
    public const string FileName = ".health";

    private static readonly byte[] Page = new byte[4096];

    private readonly IFiles _files;
    private readonly string _path;
    private readonly int _intervalMs;
    private readonly HealthEvents _events;
    private readonly ManualResetEventSlim _ended = new();
    private ProbeFacts _last = ProbeFacts.None;
    private long _beganAt;

    public StorageProbe(IFiles files, string folder, int intervalMs, HealthEvents events)
    {
        _files = files;
        _path = Path.Combine(folder, FileName);
        _intervalMs = intervalMs;
        _events = events;
        new Thread(Run) { Name = "flymq-health-probe", IsBackground = true }.Start();
    }

    public ProbeFacts Facts
    {
        get
        {
            var beganAt = Volatile.Read(ref _beganAt);
            return Volatile.Read(ref _last) with { PendingMs = beganAt == 0 ? 0 : (long)Stopwatch.GetElapsedTime(beganAt).TotalMilliseconds };
        }
    }

    // The thread is not waited for: it may be in a write that does not come back.
    public void Dispose() => _ended.Set();

    private void Run()
    {
        do
        {
            var beganAt = Stopwatch.GetTimestamp();
            Volatile.Write(ref _beganAt, beganAt);
            var facts = Probe(beganAt);
            if (facts.Error is { } error && error != _last.Error)
            {
                _events.ProbeFailed(_path, error);
            }

            Volatile.Write(ref _last, facts);
            Volatile.Write(ref _beganAt, 0);
        }
        while (!_ended.Wait(_intervalMs));
    }

    private ProbeFacts Probe(long beganAt)
    {
        try
        {
            using (var file = _files.Open(_path, FileOpenMode.OpenOrCreate))
            {
                file.Write(Page, 0);
                file.Flush();
            }

            return new ProbeFacts((long)Math.Round(Stopwatch.GetElapsedTime(beganAt).TotalMilliseconds), 0, null, Full: false);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return new ProbeFacts(_last.LatencyMs, 0, error.Message, error is StorageFullException);
        }
    }
}
