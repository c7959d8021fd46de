using Microsoft.Win32.SafeHandles;

namespace ServerlessRouter.State.Sqlite;

/// <summary>Keeps others of this machine out of files and folders, which hold prompts. On Windows access follows from the folder above.</summary>
internal static class OwnerOnly
{
    private const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode FolderMode = FileMode | UnixFileMode.UserExecute;

    /// <summary>Makes a folder where there is none, and keeps others out. False when they cannot be kept out, as on some network shares.</summary>
    public static bool TryMakeFolder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
            return true;
        }

        Directory.CreateDirectory(path, FolderMode);
        try
        {
            if ((File.GetUnixFileMode(path) & ~FolderMode) != 0)
                File.SetUnixFileMode(path, FolderMode);
            return (File.GetUnixFileMode(path) & ~FolderMode) == 0;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Keeps others out of a file, where it exists. Where that cannot be, its folder keeps them out.</summary>
    public static void Restrict(string path)
    {
        if (OperatingSystem.IsWindows())
            return;
        try
        {
            if (File.Exists(path) && (File.GetUnixFileMode(path) & ~FileMode) != 0)
                File.SetUnixFileMode(path, FileMode);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // The folder says whether others can come here.
        }
    }

    /// <summary>The same for a file that is open.</summary>
    public static void Restrict(SafeFileHandle file)
    {
        if (OperatingSystem.IsWindows())
            return;
        try
        {
            if ((File.GetUnixFileMode(file) & ~FileMode) != 0)
                File.SetUnixFileMode(file, FileMode);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // As above.
        }
    }
}
