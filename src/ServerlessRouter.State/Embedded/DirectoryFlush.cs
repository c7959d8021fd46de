using System.Runtime.InteropServices;
using System.Text;

namespace ServerlessRouter.State.Embedded;

/// <summary>Makes a rename survive a power loss: POSIX promises that only once the directory itself is flushed, for which .NET has no call.</summary>
internal static class DirectoryFlush
{
    private const int ReadOnly = 0;

    // What file systems answer that have nothing to flush there.
    private const int InvalidArgument = 22;

    public static void Run(string folder)
    {
        // NTFS journals the rename itself.
        if (OperatingSystem.IsWindows())
            return;

        var descriptor = Open(Encoding.UTF8.GetBytes(folder + '\0'), ReadOnly);
        if (descriptor < 0)
            throw new IOException($"The state folder '{folder}' cannot be opened to flush it (errno {Marshal.GetLastPInvokeError()}).");

        var failed = Flush(descriptor) != 0;
        var error = Marshal.GetLastPInvokeError();
        _ = Close(descriptor);
        if (failed && error != InvalidArgument)
            throw new IOException($"The state folder '{folder}' cannot be flushed (errno {error}).");
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32 | DllImportSearchPath.SafeDirectories)]
    private static extern int Open(byte[] path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32 | DllImportSearchPath.SafeDirectories)]
    private static extern int Flush(int descriptor);

    [DllImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32 | DllImportSearchPath.SafeDirectories)]
    private static extern int Close(int descriptor);
}
