namespace ServerlessRouter.State.Sqlite;

/// <summary>Keeps a folder to one store at a time; the operating system lets go when the process ends, however it ends.</summary>
internal sealed class FolderLock : IDisposable
{
    private const string FileName = "lock";

    private readonly FileStream _file;

    private FolderLock(FileStream file) => _file = file;

    /// <exception cref="StateFolderInUseException">Another process holds the folder.</exception>
    public static FolderLock Take(string folder)
    {
        var path = Path.Combine(folder, FileName);
        try
        {
            var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            OwnerOnly.Restrict(file.SafeFileHandle);
            return new FolderLock(file);
        }
        catch (IOException busy) when (File.Exists(path))
        {
            throw new StateFolderInUseException(
                $"The state folder '{folder}' is in use by another process. Stop it, or give this one a folder of its own.", busy);
        }
    }

    public void Dispose() => _file.Dispose();
}
