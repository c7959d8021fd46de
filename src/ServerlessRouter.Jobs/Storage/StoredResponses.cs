using System.Buffers;
using ServerlessRouter.Errors;
using ServerlessRouter.Jobs.Rows;
using ServerlessRouter.State;

namespace ServerlessRouter.Jobs.Storage;

/// <summary>
/// Answers that callers go on from, each with everything that was said before it: going on reads one, and deleting an earlier one changes nothing. What is written is seen by every instance at once.
/// </summary>
public sealed class StoredResponses
{
    /// <summary>Larger conversations are not kept: 8 MiB of items and answer.</summary>
    public const int MaxBytes = 8 * 1024 * 1024;

    internal const string Prefix = "resp_";

    private const string Row = "response";
    private const string ExpiresAt = "ExpiresAt";
    private const int MaxIdLength = 128;

    private static readonly SearchValues<char> Letters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");

    private readonly JobStorage _storage;
    private readonly TimeSpan _retention;
    private readonly TimeProvider _time;

    internal StoredResponses(JobStorage storage, JobOptions options, TimeProvider time) => (_storage, _retention, _time) = (storage, options.Retention, time);

    /// <summary>One of this caller's; null when there is none.</summary>
    public async ValueTask<StoredResponse?> FindAsync(string? caller, string id, CancellationToken cancellationToken) =>
        await LocateAsync(caller, id, cancellationToken).ConfigureAwait(false) is { } place ? await ReadAsync(place, cancellationToken).ConfigureAwait(false) : null;

    /// <summary>One of this caller's, not read yet; null when there is none.</summary>
    public async ValueTask<StoredResponsePlace?> LocateAsync(string? caller, string id, CancellationToken cancellationToken) =>
        await FindRowAsync(caller, id, cancellationToken).ConfigureAwait(false) is { } row
            ? new StoredResponsePlace(row, row.NumberOf(nameof(StoredResponse.Request)), row.NumberOf(nameof(StoredResponse.Response)), row.NumberOf(nameof(StoredResponse.Input)))
            : null;

    /// <summary>Reads one that was found; null where it was deleted meanwhile.</summary>
    public async ValueTask<StoredResponse?> ReadAsync(StoredResponsePlace place, CancellationToken cancellationToken)
    {
        var (row, id) = (place.Row, place.Row.PartitionKey);
        var content = new byte[place.Bytes];
        var at = 0;
        await foreach (var piece in _storage.Content.ReadAsync(id, cancellationToken).ConfigureAwait(false))
        {
            if (at + piece.Length > content.Length)
                return null;
            piece.CopyTo(content.AsMemory(at));
            at += piece.Length;
        }

        // It is being deleted.
        if (at < content.Length)
            return null;
        return new StoredResponse
        {
            Id = id,
            Caller = row.TextOf(nameof(StoredResponse.Caller)),
            JobId = row.TextOf(nameof(StoredResponse.JobId)),
            PreviousId = row.TextOf(nameof(StoredResponse.PreviousId)),
            Request = content.AsMemory(0, place.RequestBytes),
            Response = content.AsMemory(place.RequestBytes, place.ResponseBytes),
            Input = content.AsMemory(place.RequestBytes + place.ResponseBytes),
        };
    }

    /// <summary>Keeps an answer. False where it is too large, there is no room for it, or its id cannot be one.</summary>
    public async ValueTask<bool> TryAddAsync(StoredResponse response, CancellationToken cancellationToken)
    {
        var (id, bytes) = (response.Id, response.Request.Length + response.Response.Length + response.Input.Length);
        if (!IsWellFormed(id) || bytes > MaxBytes || _storage.Quota.Refuse(bytes) is not null)
            return false;
        var due = _time.GetUtcNow() + _retention;
        var row = new RowBuilder(id, Row)
            .Set(nameof(StoredResponse.Caller), response.Caller)
            .Set(nameof(StoredResponse.JobId), response.JobId)
            .Set(nameof(StoredResponse.PreviousId), response.PreviousId)
            .Set(ExpiresAt, due)
            .Set(nameof(StoredResponse.Request), response.Request.Length)
            .Set(nameof(StoredResponse.Response), response.Response.Length)
            .Set(nameof(StoredResponse.Input), response.Input.Length)
            .Build();
        if (await _storage.Store.GetAsync(JobTables.Responses, id, Row, cancellationToken).ConfigureAwait(false) is not null)
            return false;

        // The row comes last: what is seen is whole, and what broke off is forgotten in its time.
        await _storage.Index.AddDueAsync(id, due, cancellationToken).ConfigureAwait(false);
        using (var writer = _storage.Content.Write(id))
        {
            await writer.AppendAsync(response.Request, cancellationToken).ConfigureAwait(false);
            await writer.AppendAsync(response.Response, cancellationToken).ConfigureAwait(false);
            await writer.AppendAsync(response.Input, cancellationToken).ConfigureAwait(false);
            await writer.CompleteAsync(cancellationToken).ConfigureAwait(false);
        }

        return (await _storage.Store.WriteAsync(JobTables.Responses, TableOperation.Insert(row), cancellationToken).ConfigureAwait(false)).IsDone;
    }

    /// <summary>Forgets one of this caller's; false when there is none.</summary>
    public async ValueTask<bool> DeleteAsync(string? caller, string id, CancellationToken cancellationToken)
    {
        if (await FindRowAsync(caller, id, cancellationToken).ConfigureAwait(false) is null)
            return false;
        await ForgetAsync(id, cancellationToken).ConfigureAwait(false);
        return true;
    }

    /// <summary>What is told of an answer that is not there, or is another caller's.</summary>
    public static RouterError NotFound(string id) => new(RouterErrorCode.NotFound, $"There is no response '{id}' of this key: it was not stored, was deleted, or is too old.") { Param = "response_id" };

    /// <summary>Forgets one of any caller's; the row goes first, so that what is seen is whole.</summary>
    internal async ValueTask ForgetAsync(string id, CancellationToken cancellationToken)
    {
        await _storage.Store.DeleteAsync(JobTables.Responses, id, Row, cancellationToken).ConfigureAwait(false);
        await _storage.Content.DeleteAsync(id, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<TableEntity?> FindRowAsync(string? caller, string id, CancellationToken cancellationToken)
    {
        if (!IsWellFormed(id) || await _storage.Store.GetAsync(JobTables.Responses, id, Row, cancellationToken).ConfigureAwait(false) is not { } row)
            return null;
        return row.TextOf(nameof(StoredResponse.Caller)) == caller && row[ExpiresAt].AsDateTime() > _time.GetUtcNow() ? row : null;
    }

    /// <summary>Anything else cannot be a row's key and names nothing.</summary>
    private static bool IsWellFormed(string id) => id.StartsWith(Prefix, StringComparison.Ordinal) && id.Length <= MaxIdLength && !id.AsSpan().ContainsAnyExcept(Letters);
}
