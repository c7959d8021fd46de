using System.Buffers;
using System.Text.Json;
using ServerlessRouter.Errors;
using ServerlessRouter.Json;

namespace ServerlessRouter.Doors.Responses;

/// <summary>The <c>error</c> of a response that failed: <c>{code, message}</c>, the codes as OpenAI's clients tell what to try again.</summary>
internal static class ResponseFailure
{
    private const string ServerError = "server_error";
    private const string Unsaid = "The model failed.";

    /// <summary>From an error of the router's.</summary>
    public static byte[] Of(RouterError error) => Of(RouterErrorTraits.Of(error.Code).Code, error.Message);

    /// <summary>From the <c>error</c> of a chunk, which is valid JSON.</summary>
    public static byte[] Of(ReadOnlySpan<byte> error) =>
        error[0] == '{'
            ? Of(Text(error, JsonMemberReader.Find(error, "code"u8)) ?? "", Text(error, JsonMemberReader.Find(error, "message"u8)) ?? Unsaid)
            : Of("", Text(error, new JsonRange(0, error.Length)) ?? Unsaid);

    private static string? Text(ReadOnlySpan<byte> error, JsonRange range)
    {
        if (range.IsEmpty || error[range.Start] != '"')
            return null;
        var raw = range.In(error)[1..^1];
        var text = new byte[raw.Length];
        return System.Text.Encoding.UTF8.GetString(text.AsSpan(0, JsonText.Unescape(raw, text)));
    }

    private static byte[] Of(string code, string message)
    {
        var output = new ArrayBufferWriter<byte>(256);
        using var writer = new Utf8JsonWriter(output, ResponsesDoor.WriterOptions);
        writer.WriteStartObject();
        writer.WriteString("code"u8, OwnCode(code));
        writer.WriteString("message"u8, message);
        writer.WriteEndObject();
        writer.Flush();
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Clients try again behind the first two, and say what is wrong behind the others.</summary>
    private static string OwnCode(string code) => code switch
    {
        "" or "upstream_error" or "timeout" or "internal_error" or "temporarily_unavailable" => ServerError,
        "capacity_exhausted" => "rate_limit_exceeded",
        "content_filter" or "invalid_request" => "invalid_prompt",
        _ => code,
    };
}
