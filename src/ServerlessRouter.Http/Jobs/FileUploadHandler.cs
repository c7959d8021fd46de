using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using ServerlessRouter.Configuration;
using ServerlessRouter.Errors;
using ServerlessRouter.Http.Bodies;
using ServerlessRouter.Jobs;

namespace ServerlessRouter.Http.Jobs;

/// <summary>Takes a file in: <c>multipart/form-data</c> with <c>purpose</c> and <c>file</c>, in any order, never more of it in memory than a piece.</summary>
internal sealed class FileUploadHandler(RouterModelSource models, BodyRoom room, JobFiles files) : JobEndpointHandler(models)
{
    private const int PieceBytes = 64 * 1024;

    /// <summary>What an upload takes of memory at any time: the piece that comes, the row that it fills, and what the server has read ahead.</summary>
    private const long UploadBytes = 256 * 1024;

    protected override async ValueTask<RouterError?> AnswerAsync(HttpContext http, string? caller)
    {
        if (http.Request.ContentLength > JobFiles.MostBytes + UploadForm.MostOtherBytes)
            return TooLarge();
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } serverLimit)
            serverLimit.MaxRequestBodySize = JobFiles.MostBytes + UploadForm.MostOtherBytes;
        if (BoundaryOf(http.Request) is not { } boundary)
            return RouterError.InvalidRequest("Upload a file as multipart/form-data with the fields 'purpose' and 'file'.");

        if (ContentCoding.Read(http.Request.Headers.ContentEncoding, out var coding) is { } notTaken)
            return notTaken;
        if (!room.TryTake(UploadBytes) && await room.TakeAsync(UploadBytes, 0, http.RequestAborted) is { } full)
            return full;
        using var lease = new BodyLease(room, UploadBytes);
        return await TakeInAsync(http, caller, boundary, coding);
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
            if (upload.Bytes + count > JobFiles.MostBytes)
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
        new(RouterErrorCode.PayloadTooLarge, $"The file is larger than {JobFiles.MostBytes} bytes, the most this router takes. Split it.");
}
