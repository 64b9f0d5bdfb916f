namespace FlyMQ.Storage.Files;

/// <summary>Something the file system needs has run out and may come back. Nothing is damaged or forgotten: what was asked may be tried again.</summary>
public abstract class StorageShortageException(string message, Exception? inner = null) : IOException(message, inner);
