namespace FlyMQ.Server.Tests;

/// <summary>A folder that goes with the test.</summary>
internal sealed class TempFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("flymq-server-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
