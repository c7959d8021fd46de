using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using ServerlessRouter.Errors;
using ServerlessRouter.Http.Bodies;
using ServerlessRouter.Http.Wire;
using ServerlessRouter.Jobs;
using ServerlessRouter.Jobs.Storage;

namespace ServerlessRouter.Http.Jobs;

/// <summary>The caller's files, which batches are made of and answer with.</summary>
internal sealed class FileEndpoints(BodyMemoryQuota room, JobFiles files)
{
    private const int MaxLimit = 10_000;
    private const string ContentType = "application/jsonl";
    private const int PieceBytes = 64 * 1024;

    /// <summary>What an upload takes of memory at any time: the piece that comes, the row that it fills, and what the server has read ahead.</summary>
    private const long UploadBytes = 256 * 1024;

    /// <summary>Takes a file in: <c>multipart/form-data</c> with <c>purpose</c> and <c>file</c>, in any order, never more of it in memory than a piece.</summary>
    public async ValueTask<RouterError?> UploadAsync(HttpContext http, string? caller)
    {
        if (http.Request.ContentLength > JobFiles.MaxBytes + UploadForm.MaxOtherBytes)
            return TooLarge();
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } serverLimit)
            serverLimit.MaxRequestBodySize = JobFiles.MaxBytes + UploadForm.MaxOtherBytes;
        if (BoundaryOf(http.Request) is not { } boundary)
            return RouterError.InvalidRequest("Upload a file as multipart/form-data with the fields 'purpose' and 'file'.");

        if (ContentCoding.Read(http.Request.Headers.ContentEncoding, out var coding) is { } notTaken)
            return notTaken;
        if (!room.TryTake(UploadBytes) && await room.TakeAsync(UploadBytes, 0, http.RequestAborted) is { } full)
            return full;
        using var lease = new BodyLease(room, UploadBytes);
        return await TakeInAsync(http, caller, boundary, coding);
    }

    /// <summary>Lists them.</summary>
    public async ValueTask<RouterError?> ListAsync(HttpContext http, string? caller)
    {
        if (PageQuery.Read(http.Request, JobFileQuery.DefaultLimit, MaxLimit, out var page) is { } error)
            return error;
        var purpose = http.Request.Query["purpose"] is [{ Length: > 0 } written] ? written : null;
        var query = new JobFileQuery { After = page.After, Limit = page.Limit, Order = page.Order, Purpose = purpose };
        var found = await files.ListAsync(caller, query, http.RequestAborted);
        await JsonDocumentAnswer.WriteAsync(
            http, StatusCodes.Status200OK, found, static (writer, found) => JsonDocumentAnswer.WriteList(writer, found, static file => file.Id, FileDocument.Write));
        return null;
    }

    /// <summary>Describes one.</summary>
    public async ValueTask<RouterError?> GetAsync(HttpContext http, string? caller)
    {
        if (await files.FindAsync(caller, PathName.IdOf(http), http.RequestAborted) is not { } file)
            return JobFiles.NotFound(PathName.IdOf(http));
        await JsonDocumentAnswer.WriteAsync(http, StatusCodes.Status200OK, file, FileDocument.Write);
        return null;
    }

    /// <summary>Forgets one that no unfinished job reads.</summary>
    public async ValueTask<RouterError?> DeleteAsync(HttpContext http, string? caller)
    {
        var id = PathName.IdOf(http);
        if (await files.DeleteAsync(caller, id, http.RequestAborted) is { } error)
            return error;
        await JsonDocumentAnswer.WriteAsync(http, StatusCodes.Status200OK, id, static (writer, id) => JsonDocumentAnswer.WriteDeleted(writer, id, FileDocument.Kind));
        return null;
    }

    /// <summary>Sends the bytes of one, piece by piece.</summary>
    public async ValueTask<RouterError?> GetContentAsync(HttpContext http, string? caller)
    {
        if (await files.FindAsync(caller, PathName.IdOf(http), http.RequestAborted) is not { } file)
            return JobFiles.NotFound(PathName.IdOf(http));
        var response = http.Response;
        response.ContentType = ContentType;
        response.ContentLength = file.Bytes;
        if (HttpMethods.IsHead(http.Request.Method))
            return null;
        var sent = 0L;
        await foreach (var piece in files.ReadAsync(file, http.RequestAborted))
        {
            await response.BodyWriter.WriteAsync(piece, http.RequestAborted);
            sent += piece.Length;
        }

        // No header has gone out before a piece.
        if (sent == 0 && file.Bytes > 0)
            return JobFiles.ContentGone(file.Id);
        // Half a file must not look whole.
        if (sent < file.Bytes)
            http.Abort();
        return null;
    }

    private async ValueTask<RouterError?> TakeInAsync(HttpContext http, string? caller, string boundary, ContentCoding? coding)
    {
        await using var upload = files.Begin(caller);
        var form = new UploadForm();
        try
        {
            await using var body = coding is null ? http.Request.Body : await coding.OpenAsync(http.Request.BodyReader);
            var reader = new MultipartReader(boundary, body);
            while (await reader.ReadNextSectionAsync(http.RequestAborted) is { } section)
            {
                if (await ReadAsync(section, form, upload, http.RequestAborted) is { } fault)
                    return fault;
            }
        }
        catch (Exception broken) when (ContentCoding.IsBroken(broken) && !http.RequestAborted.IsCancellationRequested)
        {
            return coding?.Broken() ?? RouterError.InvalidRequest("The multipart body is broken or cut short. Send it again.");
        }

        if (form.Check() is { } missing)
            return missing;
        var file = await upload.CompleteAsync(form.Purpose!, form.FileName!, form.Retention, http.RequestAborted);
        await JsonDocumentAnswer.WriteAsync(http, StatusCodes.Status200OK, file, FileDocument.Write);
        return null;
    }

    private static async ValueTask<RouterError?> ReadAsync(MultipartSection section, UploadForm form, JobFileUpload upload, CancellationToken cancellationToken)
    {
        var disposition = section.GetContentDispositionHeader();
        var name = disposition is null ? null : HeaderUtilities.RemoveQuotes(disposition.Name).ToString();
        if (name != UploadForm.File)
            return await form.ReadAsync(name, section.Body, cancellationToken);
        if (form.FileName is not null)
            return RouterError.InvalidRequest("The form has more than one 'file'. Upload one at a time.", UploadForm.File);
        form.TakeFileName(disposition!);
        return await CopyAsync(section.Body, upload, cancellationToken);
    }

    private static async ValueTask<RouterError?> CopyAsync(Stream body, JobFileUpload upload, CancellationToken cancellationToken)
    {
        var piece = new byte[PieceBytes];
        while (await body.ReadAsync(piece, cancellationToken) is > 0 and var count)
        {
            if (upload.Bytes + count > JobFiles.MaxBytes)
                return TooLarge();
            if (upload.Refuse(count) is { } full)
                return full;
            await upload.AppendAsync(piece.AsMemory(0, count), cancellationToken);
        }

        return null;
    }

    private static string? BoundaryOf(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type) && type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase)
        && HeaderUtilities.RemoveQuotes(type.Boundary) is { Length: > 0 and <= 200 } boundary
            ? boundary.ToString()
            : null;

    private static RouterError TooLarge() =>
        new(RouterErrorCode.PayloadTooLarge, $"The file is larger than {JobFiles.MaxBytes} bytes, the most this router takes. Split it.");
}
