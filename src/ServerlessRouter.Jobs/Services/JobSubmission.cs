using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
using ServerlessRouter.Errors;
using ServerlessRouter.Jobs.Rows;
using ServerlessRouter.Jobs.Storage;
using ServerlessRouter.State;
using ServerlessRouter.Webhooks;

namespace ServerlessRouter.Jobs.Services;

/// <summary>
/// Writes a job down: idempotency row → active row → input → job row → list row. Each write may be repeated, so the same order sent again after a crash in between
/// completes what is missing, and an active row without a job is swept away after a while.
/// </summary>
internal sealed class JobSubmission(JobStorage storage, RouterModelSource models, JobOptions options, TimeProvider time, IRandomSource random)
{
    private const string Digest = "Digest";

    private static RouterError NeedsKey => new(RouterErrorCode.PermissionDenied, "What is answered later needs a key of the router's: nothing would tell what the holder of a token may do by then. Ask the router's owner for one.");

    public async ValueTask<JobResult> SubmitAsync(JobOrder order, CancellationToken cancellationToken)
    {
        if (order.Caller?.StartsWith(EntraModel.NamePrefix, StringComparison.Ordinal) is true)
            return Refused(NeedsKey);
        if (!CompletionWindow.TryParse(order.CompletionWindow, out var window))
            return Refused(RouterError.InvalidRequest($"The completion_window is '{Quote(order.CompletionWindow)}'; write for example 24h, 90m or 3d, from 1m to 7d.", "completion_window"));

        if (order.CallbackUrl is { } callback && CallbackUrl.FindFault(callback, models.Current.Webhooks) is { } badCallback)
            return Refused(badCallback);

        var file = order.InputFileId is { } fileId ? await storage.Files.FindAsync(order.Caller, fileId, cancellationToken).ConfigureAwait(false) : null;
        if (order.Kind == JobKind.Batch && FindFault(order, file) is { } fault)
            return Refused(fault);

        var now = time.GetUtcNow();
        var id = JobIds.Draw(order.Kind == JobKind.Batch ? JobIds.Batch : JobIds.Request, time, random);
        if (order.IdempotencyKey is { } key)
        {
            var claim = await ClaimAsync(order, JobTables.Hash(key), id, cancellationToken).ConfigureAwait(false);
            if (claim is null)
                return Refused(new RouterError(RouterErrorCode.Conflict, "The idempotency key was used for another request before. Use a new key for a new request.") { Param = "idempotency-key" });
            id = claim;
            if (await storage.Jobs.FindAsync(id, cancellationToken).ConfigureAwait(false) is { } known)
                return new JobResult(known, null);
        }

        // Behind the look for the job of a repeated order, which takes nothing.
        if (storage.Quota.Refuse(order.Body.Length) is { } full)
            return Refused(full);

        var job = new Job
        {
            Id = id,
            Kind = order.Kind,
            Caller = order.Caller,
            Status = JobStatus.Validating,
            InputId = file?.Id ?? id,
            InputBytes = file?.Bytes ?? order.Body.Length,
            Endpoint = order.Endpoint,
            CompletionWindow = order.CompletionWindow,
            CreatedAt = now,
            ExpiresAt = now + window,
            Metadata = order.Metadata,
            CallbackUrl = order.CallbackUrl,
            OutputTo = order.OutputTo,
            OutputRetention = order.OutputRetention,
            Headers = order.Headers,
            IdempotencyKeyHash = order.IdempotencyKey is { } text ? JobTables.Hash(text) : null,
        };
        return await WriteAsync(job, order.Body, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes down a job that has failed before it was one; the same key comes to the same job.</summary>
    public async ValueTask<Job> RefuseAsync(string? caller, string key, JobProblem problem, CancellationToken cancellationToken)
    {
        var (now, onceKey) = (time.GetUtcNow(), JobTables.Hash(key));
        var order = new JobOrder { Kind = JobKind.Batch, Caller = caller, Endpoint = JobEndpoints.ChatCompletions };
        var id = await ClaimAsync(order, onceKey, JobIds.Draw(JobIds.Batch, time, random), cancellationToken).ConfigureAwait(false)
            ?? throw new InvalidOperationException("The key of a refused message cannot be another order's.");
        var job = new Job
        {
            Id = id,
            Kind = JobKind.Batch,
            Caller = caller,
            Status = JobStatus.Failed,
            InputId = id,
            InputBytes = 0,
            Endpoint = order.Endpoint,
            CompletionWindow = order.CompletionWindow,
            CreatedAt = now,
            ExpiresAt = now,
            EndedAt = now,
            Problems = [problem],
            IdempotencyKeyHash = onceKey,
        };
        await storage.Jobs.InsertAsync(job, cancellationToken).ConfigureAwait(false);
        job = await storage.Jobs.FindAsync(id, cancellationToken).ConfigureAwait(false) ?? job;
        await storage.Index.AddToListAsync(JobIndex.Batches, job.Caller, job.CreatedAt, job.Id, cancellationToken).ConfigureAwait(false);
        await storage.Index.AddDueAsync(job.Id, job.ExpiresAt + options.Retention, cancellationToken).ConfigureAwait(false);
        return job;
    }

    private async ValueTask<JobResult> WriteAsync(Job job, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        await storage.Index.AddActiveAsync(job, cancellationToken).ConfigureAwait(false);
        if (job.Kind == JobKind.Request)
        {
            using var writer = storage.Content.Write(job.InputId);
            await writer.AppendAsync(body, cancellationToken).ConfigureAwait(false);
            await writer.CompleteAsync(cancellationToken).ConfigureAwait(false);
        }
        else if (!await storage.Files.TryUseAsync(job.Caller, job.InputId, job.Id, cancellationToken).ConfigureAwait(false))
        {
            return Refused(NoFile(job.InputId));
        }

        await storage.Jobs.InsertAsync(job, cancellationToken).ConfigureAwait(false);
        // Those of the one that inserted it first are the ones that count.
        job = await storage.Jobs.FindAsync(job.Id, cancellationToken).ConfigureAwait(false) ?? job;
        if (job.Kind == JobKind.Batch)
            await storage.Index.AddToListAsync(JobIndex.Batches, job.Caller, job.CreatedAt, job.Id, cancellationToken).ConfigureAwait(false);
        await storage.Index.AddDueAsync(job.Id, job.ExpiresAt + options.Retention, cancellationToken).ConfigureAwait(false);
        return new JobResult(job, null);
    }

    /// <summary>The id that belongs to a key: this one, or the one it got before. Null when it was used for something else.</summary>
    private async ValueTask<string?> ClaimAsync(JobOrder order, string onceKey, string id, CancellationToken cancellationToken)
    {
        var (partition, digest) = (JobTables.IdempotencyPartition(order.Caller), DigestOf(order));
        var row = new RowBuilder(partition, onceKey).Set(JobIndex.Id, id).Set(Digest, digest).Build();
        if ((await storage.Store.WriteAsync(JobTables.Index, TableOperation.Insert(row), cancellationToken).ConfigureAwait(false)).IsDone)
            return id;
        var known = await storage.Store.GetAsync(JobTables.Index, partition, onceKey, cancellationToken).ConfigureAwait(false);
        return known?.TextOf(Digest) == digest ? known.TextOf(JobIndex.Id) : null;
    }

    private static RouterError? FindFault(JobOrder order, JobFile? file) => file switch
    {
        null => NoFile(order.InputFileId ?? ""),
        { Purpose: not JobFilePurposes.Batch } => RouterError.InvalidRequest($"The file '{file.Id}' was uploaded with the purpose '{file.Purpose}'; a batch reads files of the purpose '{JobFilePurposes.Batch}'.", "input_file_id"),
        _ => null,
    };

    private static RouterError NoFile(string id) => RouterError.InvalidRequest($"There is no file '{Quote(id)}'. Upload one with POST /v1/files first.", "input_file_id");

    /// <summary>
    /// What makes two orders the same; every part is told apart from the next by its length. Headers do not: clients give each try a trace of its own.
    /// </summary>
    private static string DigestOf(JobOrder order)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> length = stackalloc byte[sizeof(int)];
        string?[] parts =
            [order.Kind.ToString(), order.Endpoint, order.InputFileId, order.CompletionWindow, order.Metadata, order.CallbackUrl, order.OutputTo];
        foreach (var part in parts)
        {
            var bytes = Encoding.UTF8.GetBytes(part ?? "");
            BinaryPrimitives.WriteInt32LittleEndian(length, part is null ? -1 : bytes.Length);
            hash.AppendData(length);
            hash.AppendData(bytes);
        }

        hash.AppendData(order.Body.Span);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static JobResult Refused(RouterError error) => new(null, error);

    private static string Quote(string text) => text.Length <= 64 ? text : text[..64];
}
