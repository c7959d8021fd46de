using Microsoft.Win32.SafeHandles;
using ServerlessRouter.State.Memory;

namespace ServerlessRouter.State.Embedded;

/// <summary>The journal on disk: opened or made from an image, appended to, and replaced by a compacted successor through a rename.</summary>
internal sealed class JournalFile : IDisposable
{
    public const string FileName = "journal";
    public const string SuccessorName = "journal.new";

    private const int SnapshotFrameBytes = 1024 * 1024;

    private readonly SafeFileHandle _file;
    private readonly IJournalDisk _disk;
    private readonly string _folder;

    private JournalFile(SafeFileHandle file, IJournalDisk disk, string folder)
    {
        _file = file;
        _disk = disk;
        _folder = folder;
    }

    public long Length { get; private set; }

    public long Frames { get; private set; }

    /// <summary>Opens the folder's journal and cuts off a torn end; makes an empty one when there is none.</summary>
    public static JournalFile Open(string folder, IJournalDisk disk, out JournalContent content)
    {
        // A successor that never got the journal's name was not finished.
        File.Delete(Path.Combine(folder, SuccessorName));
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
        {
            var empty = Prepare(folder, disk, TableImage.Empty);
            empty.Publish();
            content = new JournalContent(TableImage.Empty, empty.Frames, empty.Length, 0, HoldsRemoved: false);
            return empty;
        }

        var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete);
        try
        {
            OwnerOnly.Restrict(file);
            content = JournalScanner.Scan(file, path);
            if (content.TornBytes > 0)
                RandomAccess.SetLength(file, content.GoodBytes);

            // What a killed process left in the operating system's hands counts from here on.
            disk.Flush(file);
            return new JournalFile(file, disk, folder) { Length = content.GoodBytes, Frames = content.Frames };
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Writes an image, complete and flushed, beside the journal in use.</summary>
    public static JournalFile Prepare(string folder, IJournalDisk disk, TableImage image)
    {
        var file = File.OpenHandle(
            Path.Combine(folder, SuccessorName), FileMode.Create, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete);
        try
        {
            OwnerOnly.Restrict(file);
            var journal = new JournalFile(file, disk, folder) { Length = JournalFormat.HeaderBytes };
            journal.AppendImage(image);
            Span<byte> header = stackalloc byte[JournalFormat.HeaderBytes];
            JournalFormat.WriteHeader(header, journal.Length);
            disk.Write(file, header, 0);
            disk.Flush(file);
            return journal;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Gives a prepared journal its name; from then on it is the one that counts.</summary>
    public void Publish()
    {
        File.Move(Path.Combine(_folder, SuccessorName), Path.Combine(_folder, FileName), overwrite: true);
        DirectoryFlush.Run(_folder);
    }

    /// <summary>Appends a frame that was begun with the number <see cref="Frames"/> + 1.</summary>
    public void Append(FrameWriter frame)
    {
        _disk.Write(_file, frame.Complete(), Length);
        Length += frame.Length;
        Frames++;
    }

    public void Flush() => _disk.Flush(_file);

    public void Dispose() => _file.Dispose();

    private void AppendImage(TableImage image)
    {
        var frame = new FrameWriter();
        frame.Begin(Frames + 1);
        foreach (var (table, rows) in image.Tables)
        {
            foreach (var row in rows)
            {
                frame.Add(new RowChange(table, row, IsRemoval: false));
                if (frame.Length < SnapshotFrameBytes)
                    continue;
                Append(frame);
                frame.Begin(Frames + 1);
            }
        }

        Append(frame);
    }
}
