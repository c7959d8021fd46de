using ServerlessRouter.Errors;

namespace ServerlessRouter.Jobs.Storage;

/// <summary>A file that is being taken in, piece by piece; what is not completed is thrown away.</summary>
public sealed class JobFileUpload : IAsyncDisposable
{
    private readonly JobFiles _files;
    private readonly JobContent _content;
    private readonly JobContentWriter _writer;
    private readonly string _id;
    private readonly string? _caller;
    private readonly DateTimeOffset _createdAt;
    private readonly TimeSpan _retention;
    private bool _isComplete;

    internal JobFileUpload(JobFiles files, JobContent content, string id, string? caller, DateTimeOffset createdAt, TimeSpan retention)
    {
        (_files, _content, _writer) = (files, content, content.Write(id));
        (_id, _caller, _createdAt, _retention) = (id, caller, createdAt, retention);
    }

    /// <summary>Bytes taken so far.</summary>
    public long Bytes => _writer.Bytes;

    /// <summary>Why so much more cannot be taken; null when it can.</summary>
    public RouterError? Refuse(long moreBytes) => _files.Refuse(_writer.Buffered + moreBytes);

    public async ValueTask AppendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        // Should the process die, what has come is cleared away in time.
        if (Bytes == 0)
            await _files.NoteAsync(_id, _createdAt + _retention, cancellationToken).ConfigureAwait(false);
        await _writer.AppendAsync(bytes, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Makes it a file of the caller's, kept for the time given or as long as the router keeps files.</summary>
    public async ValueTask<JobFile> CompleteAsync(string purpose, string fileName, TimeSpan? retention, CancellationToken cancellationToken)
    {
        await _writer.CompleteAsync(cancellationToken).ConfigureAwait(false);
        var file = new JobFile
        {
            Id = _id,
            Caller = _caller,
            Purpose = purpose,
            FileName = fileName,
            Bytes = Bytes,
            CreatedAt = _createdAt,
            ExpiresAt = _createdAt + (retention is { } shorter && shorter < _retention ? shorter : _retention),
        };
        await _files.AddAsync(file, cancellationToken).ConfigureAwait(false);
        _isComplete = true;
        return file;
    }

    public async ValueTask DisposeAsync()
    {
        _writer.Dispose();
        if (!_isComplete && Bytes > 0)
            await _content.DeleteAsync(_id, CancellationToken.None).ConfigureAwait(false);
    }
}
