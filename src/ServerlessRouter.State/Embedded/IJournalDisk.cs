using Microsoft.Win32.SafeHandles;

namespace ServerlessRouter.State.Embedded;

/// <summary>The two calls through which the journal changes a file: where a full or failing disk shows.</summary>
internal interface IJournalDisk
{
    void Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, long offset);

    void Flush(SafeFileHandle file);
}
