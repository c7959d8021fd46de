using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using ServerlessRouter.Errors;
using ServerlessRouter.Http.Bodies;

namespace ServerlessRouter.Http.Logins;

/// <summary>Reads the key that a login shows: the member <c>key</c> of a JSON object, or the field of a form.</summary>
internal sealed class LoginBody(RequestBodyReader bodies)
{
    private const string Member = "key";
    private const int MaxDepth = 4;

    /// <summary>The longest token of an issuer.</summary>
    private const int MaxKeyLength = 8 * 1024;

    private static readonly BodyLimit Limit = new(16 * 1024);
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = MaxDepth };

    public async ValueTask<(string? Key, RouterError? Error)> ReadAsync(HttpContext http)
    {
        if (http.Request.ContentLength == 0)
            return (null, NoKey);
        var body = await bodies.ReadAsync(http.Request, Limit, http.RequestAborted);
        if (body.Error is { } unread)
            return (null, unread);
        try
        {
            var isForm = http.Request.ContentType?.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase) == true;
            var key = (isForm ? ReadForm(body.Memory.Span) : ReadJson(body.Memory))?.Trim();
            return key is { Length: > 0 and <= MaxKeyLength } && !key.Any(char.IsControl) ? (key, null) : (null, NoKey);
        }
        finally
        {
            body.Return();
        }
    }

    private static string? ReadForm(ReadOnlySpan<byte> body)
    {
        var values = QueryHelpers.ParseQuery(Encoding.UTF8.GetString(body)).GetValueOrDefault(Member);
        return values.Count == 1 ? values[0] : null;
    }

    private static string? ReadJson(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body, Options);
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty(Member, out var key) && key.ValueKind == JsonValueKind.String ? key.GetString() : null;
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static RouterError NoKey => RouterError.InvalidRequest("Send the key as JSON, {\"key\": \"…\"}, or as the field 'key' of a form.", Member);
}
