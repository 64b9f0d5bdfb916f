using FlyMQ.Storage.Files;

namespace FlyMQ.Storage.Journal;

/// <summary>One file of the journal. Its generation is the number of the life it is in; touched by the journal's writer only.</summary>
internal sealed class JournalFile(string path, IFile file) : IDisposable
{
    public string Path => path;

    public IFile File => file;

    public long Generation { get; set; }

    /// <summary>Of the last record flushed into it.</summary>
    public long LastSequence { get; set; }

    public long Written { get; set; }

    public void Dispose() => file.Dispose();
}
