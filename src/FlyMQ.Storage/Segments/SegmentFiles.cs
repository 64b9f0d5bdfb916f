using FlyMQ.Records;
using FlyMQ.Storage.Files;

namespace FlyMQ.Storage.Segments;

/// <summary>Where the segments of one log lie. The folder's name changes once, when the log is deleted.</summary>
internal sealed class SegmentFiles(IFiles files, string folder)
{
    public IFiles Files => files;

    public string Folder { get; private set; } = folder;

    public string PathOf(Offset baseOffset, string kind) => Path.Combine(Folder, LogFileNames.Of(baseOffset, kind));

    /// <summary>What was opened stays open; nothing new can be.</summary>
    public void MoveTo(string newFolder) => Folder = newFolder;
}
