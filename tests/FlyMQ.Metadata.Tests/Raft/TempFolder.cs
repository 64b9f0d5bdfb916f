namespace FlyMQ.Metadata.Tests.Raft;

internal sealed class TempFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("flymq-metadata-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
