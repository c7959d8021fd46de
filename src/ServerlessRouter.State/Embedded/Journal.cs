using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using ServerlessRouter.State.Memory;

namespace ServerlessRouter.State.Embedded;

/// <summary>Carries commits to the disk in order: one writer, one flush for all that wait, compaction when the file has outgrown the rows.</summary>
/// <remarks>
/// A failed write leaves the file in doubt, so nothing is appended to it any more: the commits concerned fail, and the journal recovers by writing all rows
/// to a successor, which is the same step as a compaction.
/// </remarks>
internal sealed partial class Journal : IAsyncDisposable
{
    // Past this size a batch is flushed before more commits join it.
    private const int BatchBytes = 4 * 1024 * 1024;

    private static readonly TimeSpan RecoveryInterval = TimeSpan.FromSeconds(1);

    private readonly EmbeddedTableStoreOptions _options;
    private readonly IJournalDisk _disk;
    private readonly Func<TableImage> _image;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Channel<Commit> _queue;
    private readonly FrameWriter _frame = new();
    private readonly List<Commit> _batch = [];
    private readonly Task _writer;
    private JournalFile _file;
    private long _commitsInFile;
    private long _compactAbove;
    private long _failedAt;
    private long? _removedAt;
    private volatile Exception? _failure;

    public Journal(JournalFile file, bool holdsRemoved, EmbeddedTableStoreOptions options, IJournalDisk disk, Func<TableImage> image, TimeProvider time, ILogger logger)
    {
        _file = file;
        _options = options;
        _disk = disk;
        _image = image;
        _time = time;
        _logger = logger;
        _queue = Channel.CreateBounded<Commit>(new BoundedChannelOptions(options.QueueCapacity) { SingleReader = true });
        _compactAbove = options.CompactionMinimumBytes;
        if (holdsRemoved)
            _removedAt = time.GetTimestamp();
        _writer = Task.Run(WriteAllAsync);
    }

    /// <summary>True after a failed write, until the journal has recovered.</summary>
    public bool HasFailed => _failure is not null;

    /// <summary>True when <see cref="Enqueue"/> has room; stays true as long as no other writer enqueues.</summary>
    public bool HasRoom => _queue.Reader.Count < _options.QueueCapacity;

    public async ValueTask WaitForRoomAsync(CancellationToken cancellationToken) =>
        await _queue.Writer.WaitToWriteAsync(cancellationToken).ConfigureAwait(false);

    public void Enqueue(Commit commit)
    {
        if (!_queue.Writer.TryWrite(commit))
            throw new InvalidOperationException("The journal's queue has no room or is closed.");
    }

    /// <summary>Writes what is queued, flushes and closes the file.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _writer.ConfigureAwait(false);
        _file.Dispose();
    }

    private async Task WriteAllAsync()
    {
        while (await WaitAsync().ConfigureAwait(false))
            WriteBatch();

        if (!HasFailed)
            TryStep(_removedAt is null ? _file.Flush : Compact);
    }

    /// <summary>Until there are commits to write, or rows to erase. False at the end.</summary>
    private async ValueTask<bool> WaitAsync()
    {
        if (_removedAt is not { } removedAt)
            return await _queue.Reader.WaitToReadAsync().ConfigureAwait(false);
        var left = _options.EraseWithin - _time.GetElapsedTime(removedAt);
        using var due = new CancellationTokenSource(left > TimeSpan.Zero ? left : TimeSpan.Zero, _time);
        try
        {
            return await _queue.Reader.WaitToReadAsync(due.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return true;
        }
    }

    private void WriteBatch()
    {
        _batch.Clear();
        if (HasFailed)
            TryStep(Recover);

        _frame.Begin(_file.Frames + 1);
        while (_frame.Length < BatchBytes && _queue.Reader.TryRead(out var commit))
        {
            _batch.Add(commit);

            // A compaction took in commits that were still waiting here.
            if (commit.Number <= _commitsInFile)
                continue;
            foreach (var change in commit.Changes)
            {
                _frame.Add(change);
                if (change.IsRemoval)
                    _removedAt ??= _time.GetTimestamp();
            }
        }

        if (!HasFailed)
            TryStep(WriteFrame);
        Answer();
        if (!HasFailed && (_file.Length > CompactionLimit() || IsErasureDue))
            TryStep(Compact);
    }

    private void WriteFrame()
    {
        if (_frame.Length == JournalFormat.FrameHeaderBytes + JournalFormat.FrameNumberBytes)
            return;

        _file.Append(_frame);
        if (_options.Durability == JournalDurability.Disk)
            _file.Flush();
        _commitsInFile = Math.Max(_commitsInFile, _batch[^1].Number);
    }

    private void Answer()
    {
        var failure = _failure;
        foreach (var commit in _batch)
        {
            if (failure is null)
                commit.Succeed();
            else
                commit.Fail(new TableStoreUnavailableException($"The state folder '{_options.Folder}' cannot be written: {failure.Message}", failure));
        }
    }

    private bool IsErasureDue => _removedAt is { } removedAt && _time.GetElapsedTime(removedAt) >= _options.EraseWithin;

    private double CompactionLimit() => Math.Max(_compactAbove, _options.CompactionRatio * _image().LiveBytes);

    private void Compact()
    {
        var before = _file.Length;
        JournalFile successor;
        var image = _image();
        try
        {
            successor = JournalFile.Prepare(_options.Folder, _disk, image);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // The journal in use is whole: go on with it and try again when it has grown as much again.
            _compactAbove = before + _options.CompactionMinimumBytes;
            _removedAt = _removedAt is null ? null : _time.GetTimestamp();
            CompactionFailed(failure, _options.Folder);
            return;
        }

        Replace(successor, image);
        Compacted(_options.Folder, before, _file.Length);
    }

    private void Recover()
    {
        if (_time.GetElapsedTime(_failedAt) < RecoveryInterval)
            return;

        // Its file may be the unnamed successor of a failed compaction, in the way of the next.
        _file.Dispose();
        var image = _image();
        Replace(JournalFile.Prepare(_options.Folder, _disk, image), image);
        _failure = null;
        Recovered(_options.Folder);
    }

    private void Replace(JournalFile successor, TableImage image)
    {
        _file.Dispose();
        _file = successor;
        successor.Publish();
        _commitsInFile = image.Commits;
        _removedAt = null;
        _compactAbove = CompactAbove(successor.Length);
    }

    // Small rows take more in the journal than Table Storage counts, so the file itself sets a floor, lest it be compacted for nothing again and again.
    private long CompactAbove(long compactedBytes) => Math.Max(_options.CompactionMinimumBytes, (long)(_options.CompactionRatio * compactedBytes));

    private void TryStep(Action step)
    {
        try
        {
            step();
        }
        catch (Exception failure)
        {
            _failedAt = _time.GetTimestamp();
            if (_failure is null)
                Failed(failure, _options.Folder);
            _failure = failure;
        }
    }

    [LoggerMessage(1, LogLevel.Information, "Compacted the journal in {Folder} from {BytesBefore} to {BytesAfter} bytes")]
    private partial void Compacted(string folder, long bytesBefore, long bytesAfter);

    [LoggerMessage(2, LogLevel.Warning, "Could not compact the journal in {Folder}; going on with the one in use")]
    private partial void CompactionFailed(Exception failure, string folder);

    [LoggerMessage(3, LogLevel.Error, "Could not write the journal in {Folder}; writes fail until it can be written again, reads go on")]
    private partial void Failed(Exception failure, string folder);

    [LoggerMessage(4, LogLevel.Information, "The journal in {Folder} can be written again")]
    private partial void Recovered(string folder);
}
