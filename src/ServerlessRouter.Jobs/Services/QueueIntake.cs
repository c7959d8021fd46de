using System.Buffers;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using ServerlessRouter.Admission;
using ServerlessRouter.Configuration;
using ServerlessRouter.Jobs.Queue;
using ServerlessRouter.Jobs.Storage;

namespace ServerlessRouter.Jobs.Services;

/// <summary>
/// Makes batches of messages. Queues deliver a message more than once: whatever is delivered again comes to the job of the first time. A message that can never be a batch
/// becomes a job that has failed and keeps the reason; everything else that goes wrong is thrown, and the queue delivers again.
/// </summary>
public sealed class QueueIntake
{
    private const int PieceBytes = 64 * 1024;

    private static readonly JsonWriterOptions Style = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly JobServices _services;
    private readonly JobSubmission _submission;
    private readonly RouterModelSource _models;

    internal QueueIntake(JobServices services, JobSubmission submission, RouterModelSource models) => (_services, _submission, _models) = (services, submission, models);

    /// <summary>Is told of each message that can be no batch, and of the job that keeps the reason. Must not block or throw.</summary>
    internal Action<Job, JobProblem>? Refused { get; set; }

    /// <summary>Deals with one message; <paramref name="messageId"/> is the queue's name for it, the same at every delivery.</summary>
    public async ValueTask<QueueOutcome> AcceptAsync(string messageId, ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        var ((read, fault, key), router) = (QueueMessageReader.Read(message), _models.Current);
        // Of a message that cannot be read, its reason says more than that it names no key.
        if (read is null && key is null)
            return await RefuseAsync(null, messageId, message, fault!, cancellationToken).ConfigureAwait(false);
        if (CallerIdentity.Recall(router, key, out var caller) is { } unknownCaller)
            return await RefuseAsync(null, messageId, message, new JobProblem("unknown_key", $"{unknownCaller.Message} The message names it in 'key'.", Param: "key"), cancellationToken).ConfigureAwait(false);
        // While there are no keys everyone may do everything.
        if (key is not null && caller is not null && !router.Queue.Allows(key, caller.Tier))
            return await RefuseAsync(key, messageId, message, NotAllowed(key, caller.Tier), cancellationToken).ConfigureAwait(false);
        if (read is null)
            return await RefuseAsync(key, messageId, message, fault!, cancellationToken).ConfigureAwait(false);

        var fileId = FileIdOf(read, messageId, message);
        if (await StoreAsync(read, fileId, cancellationToken).ConfigureAwait(false) is { } badInput)
            return await RefuseAsync(key, messageId, message, badInput, cancellationToken).ConfigureAwait(false);

        var result = await _services.Desk.SubmitAsync(OrderOf(read, fileId, messageId), cancellationToken).ConfigureAwait(false);
        return result.TryGet(out var job, out var refused)
            ? new QueueOutcome(job, null)
            : await RefuseAsync(key, messageId, message, new JobProblem("refused", refused.Message, Param: refused.Param), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Lays a message aside that the queue gave up on, with a reason that stays on a job.</summary>
    public ValueTask<QueueOutcome> PoisonAsync(string messageId, ReadOnlyMemory<byte> message, string reason, CancellationToken cancellationToken)
    {
        var key = QueueMessageReader.Read(message).Key;
        var caller = CallerIdentity.Recall(_models.Current, key, out _) is null ? key : null;
        return RefuseAsync(caller, messageId, message, new JobProblem("delivery_failed", reason), cancellationToken);
    }

    private async ValueTask<QueueOutcome> RefuseAsync(string? caller, string messageId, ReadOnlyMemory<byte> message, JobProblem problem, CancellationToken cancellationToken)
    {
        var digest = Convert.ToHexStringLower(SHA256.HashData(message.Span));
        var job = await _submission.RefuseAsync(caller, $"poison.{messageId}.{digest}", problem, cancellationToken).ConfigureAwait(false);
        Refused?.Invoke(job, problem);
        return new QueueOutcome(job, problem.Message);
    }

    private static JobProblem NotAllowed(string key, TierModel tier) => new(
        "key_not_allowed",
        $"The messages of this queue may not run requests as the key '{key}'. The router's owner lists it under queue.keys in the configuration, or its tier '{tier.Name}' under queue.tiers.",
        Param: "key");

    private static JobOrder OrderOf(QueueMessage message, string fileId, string messageId) => new()
    {
        Kind = JobKind.Batch,
        Caller = message.Key,
        Endpoint = message.Endpoint,
        InputFileId = fileId,
        CompletionWindow = message.CompletionWindow,
        Metadata = message.Metadata,
        CallbackUrl = message.Callback,
        OutputTo = message.Output,
        IdempotencyKey = KeyOf(message, messageId),
    };

    private static string KeyOf(QueueMessage message, string messageId) => message.IdempotencyKey ?? $"message.{messageId}";

    /// <summary>The same for the same message, another for another one under the same key.</summary>
    private static string FileIdOf(QueueMessage message, string messageId, ReadOnlyMemory<byte> bytes)
    {
        var digest = Convert.ToHexStringLower(SHA256.HashData(bytes.Span));
        return JobIds.FileOf(JobTables.Hash($"{message.Key}\n{KeyOf(message, messageId)}\n{digest}"));
    }

    /// <summary>Puts the requests into a file, unless an earlier delivery did. Null when they are there.</summary>
    private async ValueTask<JobProblem?> StoreAsync(QueueMessage message, string fileId, CancellationToken cancellationToken)
    {
        if (await _services.Files.FindAsync(message.Key, fileId, cancellationToken).ConfigureAwait(false) is not null)
            return null;
        if ((message.Input ?? message.Output) is not null && _services.Blobs is null)
            return new JobProblem("no_blobs", "This router keeps no blobs, so a message can name none. Put the requests into the message.", Param: message.Input is null ? "output" : "input");

        await using var upload = _services.Files.Begin(message.Key, fileId);
        if (message.Input is { } input)
        {
            if (await CopyAsync(input, upload, cancellationToken).ConfigureAwait(false) is { } fault)
                return fault;
        }
        else
        {
            await upload.AppendAsync(LinesOf(message), cancellationToken).ConfigureAwait(false);
        }

        await upload.CompleteAsync(JobFilePurposes.Batch, message.Input ?? "message.jsonl", null, cancellationToken).ConfigureAwait(false);
        return null;
    }

    private async ValueTask<JobProblem?> CopyAsync(string name, JobFileUpload upload, CancellationToken cancellationToken)
    {
        await using var blob = await _services.Blobs!.OpenAsync(name, cancellationToken).ConfigureAwait(false);
        if (blob is null)
            return new JobProblem("no_such_blob", $"There is no blob '{name}'. Write it before the message.", Param: "input");
        var piece = new byte[PieceBytes];
        while (await blob.ReadAsync(piece, cancellationToken).ConfigureAwait(false) is > 0 and var count)
        {
            if (upload.Bytes + count > JobFiles.MaxBytes)
                return new JobProblem("too_large", $"The blob '{name}' is larger than {JobFiles.MaxBytes} bytes. Split it.", Param: "input");
            await upload.AppendAsync(piece.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
        }

        return null;
    }

    /// <summary>The requests as lines of a batch's file.</summary>
    private static ReadOnlyMemory<byte> LinesOf(QueueMessage message)
    {
        var output = new ArrayBufferWriter<byte>(4096);
        foreach (var request in message.Requests)
        {
            using var writer = new Utf8JsonWriter(output, Style);
            writer.WriteStartObject();
            writer.WriteString("custom_id"u8, request.CustomId);
            writer.WriteString("method"u8, "POST"u8);
            writer.WriteString("url"u8, message.Endpoint);
            writer.WritePropertyName("body"u8);
            WriteBody(writer, request, message.Model);
            writer.WriteEndObject();
            writer.Flush();
            output.Write("\n"u8);
        }

        return output.WrittenMemory;
    }

    private static void WriteBody(Utf8JsonWriter writer, QueueRequest request, string? model)
    {
        using var body = JsonDocument.Parse(request.Body, new JsonDocumentOptions { MaxDepth = 256 });
        writer.WriteStartObject();
        if (model is not null && !body.RootElement.TryGetProperty("model"u8, out _))
            writer.WriteString("model"u8, model);
        foreach (var member in body.RootElement.EnumerateObject())
            member.WriteTo(writer);
        writer.WriteEndObject();
    }
}

/// <summary>What became of a message.</summary>
/// <param name="Job">The batch it began, or the failed one that keeps the reason.</param>
/// <param name="PoisonReason">Why it is to be laid aside; null when it was accepted.</param>
public sealed record QueueOutcome(Job Job, string? PoisonReason);
