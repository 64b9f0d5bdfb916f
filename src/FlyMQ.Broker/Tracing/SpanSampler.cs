namespace FlyMQ.Broker.Tracing;

/// <summary>Says yes to a share of the questions, at random. The same seed says the same; any number of threads may ask, without a lock.</summary>
/// <param name="rate">0 to 1.</param>
/// <param name="seed">Where the numbers begin.</param>
internal sealed class SpanSampler(double rate, ulong seed)
{
    private readonly bool _always = rate >= 1;
    private readonly ulong _below = rate <= 0 || rate >= 1 ? 0 : (ulong)(rate * ulong.MaxValue);
    private ulong _state = seed;

    public bool Next()
    {
        if (_below == 0)
        {
            return _always;
        }

        // SplitMix64: a counter whose values are mixed, so that threads share nothing but one addition.
        var z = Interlocked.Add(ref _state, 0x9E3779B97F4A7C15);
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return (z ^ (z >> 31)) < _below;
    }
}
