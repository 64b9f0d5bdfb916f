namespace FlyMQ.Partitions;

/// <summary>How many series there may still be. Safe to call from any thread.</summary>
internal sealed class SeriesBudget(long max)
{
    private long _taken;

    public bool TryTake(long series)
    {
        while (true)
        {
            var taken = Interlocked.Read(ref _taken);
            if (taken > max - series)
            {
                return false;
            }

            if (Interlocked.CompareExchange(ref _taken, taken + series, taken) == taken)
            {
                return true;
            }
        }
    }

    /// <summary>For what cannot be refused.</summary>
    public void Take(long series) => Interlocked.Add(ref _taken, series);

    public void Give(long series) => Interlocked.Add(ref _taken, -series);
}
