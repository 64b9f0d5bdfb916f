namespace FlyMQ.Storage;

/// <summary>How far the opening of a store has come. Written by the thread that opens it, read by any.</summary>
public sealed class RecoveryProgress(TimeProvider time)
{
    private int _begun;
    private Mark? _first;
    private Mark? _last;

    /// <summary>True once logs are being opened; it stays so.</summary>
    public bool HasBegun => Volatile.Read(ref _begun) != 0;

    /// <summary>Of the journal's bytes to replay; null while they are not counted, or when there are none.</summary>
    public int? Percent => Volatile.Read(ref _last) is { Total: > 0 } last ? (int)Math.Min(100, 100 * last.Done / last.Total) : null;

    /// <summary>Until the journal is replayed, at the speed so far; null before there is one and once it is replayed.</summary>
    public TimeSpan? Left
    {
        get
        {
            if (Volatile.Read(ref _last) is not { } last || Volatile.Read(ref _first) is not { } first || last.Done <= first.Done || last.Done >= last.Total)
            {
                return null;
            }

            var expected = time.GetElapsedTime(first.At, last.At) * ((double)(last.Total - last.Done) / (last.Done - first.Done)) - time.GetElapsedTime(last.At);
            return expected > TimeSpan.Zero ? expected : TimeSpan.Zero;
        }
    }

    public void Begin() => Volatile.Write(ref _begun, 1);

    /// <param name="done">Bytes that are replayed. Only rises.</param>
    /// <param name="total">Bytes that there are.</param>
    public void Report(long done, long total)
    {
        var now = new Mark(done, total, time.GetTimestamp());
        if (_first is null)
        {
            Volatile.Write(ref _first, now);
        }

        Volatile.Write(ref _last, now);
    }

    private sealed record Mark(long Done, long Total, long At);
}
