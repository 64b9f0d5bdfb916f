namespace FlyMQ.Simulation.Disk;

/// <summary>The machine went off. Not an <see cref="IOException"/>: nothing that handles those may go on as if it had met one.</summary>
public sealed class PowerLossException() : Exception("The power is gone.");
