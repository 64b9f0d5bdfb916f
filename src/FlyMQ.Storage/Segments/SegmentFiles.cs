using FlyMQ.Records;
using FlyMQ.Storage.Files;

namespace FlyMQ.Storage.Segments;

/// <summary>Where the segments of one log lie. The folder's name changes once, when the log is deleted.</summary>
internal sealed class SegmentFiles(IFiles files, string folder, OpenLogFiles logFiles, LogStoreMetrics metrics)
{
    public IFiles Files => files;

    /// <summary>Those of all logs of the store.</summary>
    public OpenLogFiles LogFiles => logFiles;

    public LogStoreMetrics Metrics => metrics;

    public string Folder { get; private set; } = folder;

    /// <summary>Names came or went that are not synced. Set by who does it, at the time; cleared before the folder is synced.</summary>
    public bool HasChanged { get; set; }

    /// <summary>Told when indexes had to be built from the log.</summary>
    public Action<string>? IndexRebuilt { get; init; }

    public string PathOf(Offset baseOffset, string kind) => Path.Combine(Folder, LogFileNames.Of(baseOffset, kind));

    /// <summary>Opens a file, or creates it.</summary>
    public IFile OpenOrCreate(string path)
    {
        if (!files.FileExists(path))
        {
            HasChanged = true;
        }

        return files.Open(path, FileOpenMode.OpenOrCreate);
    }

    public void Delete(string path)
    {
        HasChanged = true;
        files.Delete(path);
    }

    /// <summary>What was opened stays open; nothing new can be.</summary>
    public void MoveTo(string newFolder) => Folder = newFolder;
}
