using ServerlessRouter.Domain;
using ServerlessRouter.Errors;
using ServerlessRouter.Jobs.Rows;
using ServerlessRouter.State;

namespace ServerlessRouter.Jobs.Storage;

/// <summary>The files of callers: what batches are made of, and what they answer with. A caller sees its own alone.</summary>
public sealed class JobFiles
{
    /// <summary>The largest file taken: 100 MiB, what every host can receive.</summary>
    public const long MaxBytes = 100L * 1024 * 1024;

    private const int MaxConflicts = 16;

    private readonly ITableStore _store;
    private readonly JobContent _content;
    private readonly JobIndex _index;
    private readonly JobOptions _options;
    private readonly TimeProvider _time;
    private readonly IRandomSource _random;
    private readonly StorageQuota _quota;

    internal JobFiles(JobStorage storage, JobOptions options, TimeProvider time, IRandomSource random) =>
        (_store, _content, _index, _options, _time, _random, _quota) = (storage.Store, storage.Content, storage.Index, options, time, random, storage.Quota);

    /// <summary>Begins to take a file in.</summary>
    public JobFileUpload Begin(string? caller)
    {
        var id = JobIds.Draw(JobIds.File, _time, _random);
        return new JobFileUpload(this, _content, id, caller, _time.GetUtcNow(), _options.Retention);
    }

    /// <summary>Takes a file in under a name that follows from what it is for, so that taking it in twice makes one.</summary>
    internal JobFileUpload Begin(string? caller, string id) => new(this, _content, id, caller, _time.GetUtcNow(), _options.Retention);

    /// <summary>A file of this caller; null when there is none.</summary>
    public async ValueTask<JobFile?> FindAsync(string? caller, string id, CancellationToken cancellationToken) =>
        await FindRowAsync(id, cancellationToken).ConfigureAwait(false) is { } row && JobFileRow.Read(row) is var file && IsVisible(file, caller) ? file : null;

    public async ValueTask<JobPage<JobFile>> ListAsync(string? caller, JobFileQuery query, CancellationToken cancellationToken)
    {
        var isReversed = query.Order == JobListOrder.OldestFirst;
        var after = query.After is null ? null : await FindAsync(caller, query.After, cancellationToken).ConfigureAwait(false);
        var afterKey = after is null || isReversed ? null : JobTables.ListKey(after.CreatedAt, after.Id);
        var ids = _index.ListAsync(JobIndex.Files, caller, afterKey, cancellationToken);
        if (isReversed)
            ids = ReverseAsync(ids, after?.Id);

        var files = new List<JobFile>();
        await foreach (var id in ids.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            if (await FindAsync(caller, id, cancellationToken).ConfigureAwait(false) is not { } file || (query.Purpose is { } purpose && file.Purpose != purpose))
                continue;
            if (files.Count == query.Limit)
                return new JobPage<JobFile>(files, HasMore: true);
            files.Add(file);
        }

        return new JobPage<JobFile>(files, HasMore: false);
    }

    /// <summary>The bytes of a file in order; a piece is valid until the next is asked for.</summary>
    public IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(JobFile file, CancellationToken cancellationToken) => _content.ReadAsync(file.Id, cancellationToken);

    /// <summary>Forgets a file of this caller; null when it is gone, else why it is not.</summary>
    public async ValueTask<RouterError?> DeleteAsync(string? caller, string id, CancellationToken cancellationToken)
    {
        for (var conflict = 0; conflict < MaxConflicts; conflict++)
        {
            if (await FindRowAsync(id, cancellationToken).ConfigureAwait(false) is not { } row || JobFileRow.Read(row) is not { } file || !IsVisible(file, caller))
                return NotFound(id);
            if (await UserOfAsync(id, cancellationToken).ConfigureAwait(false) is { } jobId)
                return new RouterError(RouterErrorCode.Conflict, $"The file '{id}' is the input of '{jobId}', which has not ended. Cancel that first, or wait for its end.");
            if (await TryEraseAsync(file, row.ETag!, cancellationToken).ConfigureAwait(false))
                return null;
        }

        throw new TableStoreUnavailableException($"The file {id} is being changed by too many at once.");
    }

    /// <summary>What is told of a file that is not there, or is another caller's.</summary>
    public static RouterError NotFound(string id) => new(RouterErrorCode.NotFound, $"There is no file '{id}'. GET /v1/files lists yours.") { Param = "id" };

    /// <summary>What is told of a file that is listed, and whose bytes the storage no longer has.</summary>
    public static RouterError ContentGone(string id) =>
        new(RouterErrorCode.NotFound, $"The content of the file '{id}' is no longer in the router's storage. Upload the file again, or run again what wrote it.") { Param = "id" };

    /// <summary>Why so much more of a file cannot be kept; null when it can.</summary>
    internal RouterError? Refuse(long moreBytes) => _quota.Refuse(moreBytes);

    /// <summary>Notes when a file that is still coming in is to be forgotten.</summary>
    internal ValueTask NoteAsync(string id, DateTimeOffset due, CancellationToken cancellationToken) => _index.AddDueAsync(id, due, cancellationToken);

    internal async ValueTask AddAsync(JobFile file, CancellationToken cancellationToken)
    {
        await _index.AddDueAsync(file.Id, file.ExpiresAt, cancellationToken).ConfigureAwait(false);
        await _store.WriteAsync(JobTables.Files, TableOperation.UpsertReplace(JobFileRow.Write(file)), cancellationToken).ConfigureAwait(false);
        await _index.AddToListAsync(JobIndex.Files, file.Caller, file.CreatedAt, file.Id, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Notes that a job reads a file, so that it is not deleted meanwhile. False when there is no such file.</summary>
    internal async ValueTask<bool> TryUseAsync(string? caller, string id, string jobId, CancellationToken cancellationToken)
    {
        for (var conflict = 0; conflict < MaxConflicts; conflict++)
        {
            if (await FindRowAsync(id, cancellationToken).ConfigureAwait(false) is not { } row || !IsVisible(JobFileRow.Read(row), caller))
                return false;
            // The file's row is written too, so that a deletion that has looked for users already does not go on.
            var use = TableOperation.UpsertReplace(new TableEntity(id, JobTables.UsePrefix + jobId));
            var both = await _store.TransactAsync(JobTables.Files, [use, TableOperation.UpdateReplace(row, row.ETag!)], cancellationToken).ConfigureAwait(false);
            if (both.IsDone)
                return true;
        }

        throw new TableStoreUnavailableException($"The file {id} is being changed by too many at once.");
    }

    /// <summary>Forgets a file whose time has come, or the bytes of an upload that broke off. False when it must stay for now.</summary>
    internal async ValueTask<bool> TryForgetAsync(string id, CancellationToken cancellationToken)
    {
        if (await FindRowAsync(id, cancellationToken).ConfigureAwait(false) is not { } row)
        {
            await _content.DeleteAsync(id, cancellationToken).ConfigureAwait(false);
            return true;
        }

        return await UserOfAsync(id, cancellationToken).ConfigureAwait(false) is null
            && await TryEraseAsync(JobFileRow.Read(row), row.ETag!, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<TableEntity?> FindRowAsync(string id, CancellationToken cancellationToken) =>
        JobIds.IsWellFormed(id) ? await _store.GetAsync(JobTables.Files, id, JobTables.FileRow, cancellationToken).ConfigureAwait(false) : null;

    private async ValueTask<string?> UserOfAsync(string id, CancellationToken cancellationToken)
    {
        var query = TableQuery.InPartition(id, TableKeyRange.Prefix(JobTables.UsePrefix)) with { PageSize = 1 };
        await foreach (var row in _store.QueryAsync(JobTables.Files, query, cancellationToken).ConfigureAwait(false))
            return row.RowKey[JobTables.UsePrefix.Length..];
        return null;
    }

    private async ValueTask<bool> TryEraseAsync(JobFile file, string etag, CancellationToken cancellationToken)
    {
        await _index.RemoveFromListAsync(JobIndex.Files, file.Caller, file.CreatedAt, file.Id, cancellationToken).ConfigureAwait(false);
        if (!(await _store.WriteAsync(JobTables.Files, TableOperation.Delete(file.Id, JobTables.FileRow, etag), cancellationToken).ConfigureAwait(false)).IsDone)
            return false;
        await _content.DeleteAsync(file.Id, cancellationToken).ConfigureAwait(false);
        return true;
    }

    private bool IsVisible(JobFile file, string? caller) => file.Caller == caller && file.ExpiresAt > _time.GetUtcNow();

    /// <summary>The ids from the last to the first, those behind <paramref name="after"/> alone.</summary>
    private static async IAsyncEnumerable<string> ReverseAsync(IAsyncEnumerable<string> ids, string? after)
    {
        var all = new List<string>();
        await foreach (var id in ids.ConfigureAwait(false))
            all.Add(id);
        all.Reverse();
        foreach (var id in all.Skip(after is null ? 0 : all.IndexOf(after) + 1))
            yield return id;
    }
}
