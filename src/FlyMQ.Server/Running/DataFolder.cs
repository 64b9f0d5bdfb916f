using System.Globalization;

namespace FlyMQ.Server.Running;

/// <summary>The broker's folder, held against a second process for as long as this one lives (flock; it ends with the process, however that ends).</summary>
internal sealed class DataFolder : IDisposable
{
    public const string LockName = ".lock";

    private readonly FileStream _lock;

    private DataFolder(string path, FileStream @lock)
    {
        Path = path;
        _lock = @lock;
    }

    public string Path { get; }

    /// <exception cref="StartException">It cannot be made, or another process has it.</exception>
    public static DataFolder Open(string path)
    {
        var full = System.IO.Path.GetFullPath(path);
        try
        {
            Directory.CreateDirectory(full);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StartException($"The data folder {full} cannot be created: {error.Message} Choose another one with --data_dir or FLYMQ_DATA_DIR.", error);
        }

        var name = System.IO.Path.Combine(full, LockName);
        try
        {
            var file = new FileStream(name, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
            file.SetLength(0);
            file.Write(System.Text.Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture)));
            return new DataFolder(full, file);
        }
        catch (UnauthorizedAccessException error)
        {
            throw new StartException($"The data folder {full} cannot be written: {error.Message}", error);
        }
        catch (IOException error) when (File.Exists(name))
        {
            throw new StartException($"The data folder {full} belongs to another broker that runs (it holds {name}). Stop it, or choose another folder with --data_dir.", error);
        }
        catch (IOException error)
        {
            throw new StartException($"The data folder {full} cannot be written: {error.Message}", error);
        }
    }

    public void Dispose() => _lock.Dispose();
}
