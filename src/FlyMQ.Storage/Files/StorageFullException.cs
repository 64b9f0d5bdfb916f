namespace FlyMQ.Storage.Files;

/// <summary>The disk, or the quota on it, is full.</summary>
public sealed class StorageFullException(string message, Exception? inner = null) : StorageShortageException(message, inner);
