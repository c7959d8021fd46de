using Microsoft.Win32.SafeHandles;

namespace ServerlessRouter.State.Embedded;

/// <summary>The machine's own disk.</summary>
internal sealed class JournalDisk : IJournalDisk
{
    public static readonly JournalDisk Instance = new();

    public void Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, long offset) => RandomAccess.Write(file, bytes, offset);

    public void Flush(SafeFileHandle file) => RandomAccess.FlushToDisk(file);
}
