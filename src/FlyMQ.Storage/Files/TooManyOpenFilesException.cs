namespace FlyMQ.Storage.Files;

/// <summary>The process, or the system, may open no more files for now.</summary>
public sealed class TooManyOpenFilesException(string message, Exception? inner = null) : StorageShortageException(message, inner);
