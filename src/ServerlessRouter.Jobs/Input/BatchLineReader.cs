using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;

namespace ServerlessRouter.Jobs.Input;

/// <summary>Reads one line of a batch's file: <c>{"custom_id", "method": "POST", "url", "body": {…}}</c>.</summary>
internal static class BatchLineReader
{
    public const int MaxCustomIdLength = 512;

    private const int MaxQuotedLength = 64;
    private static readonly JsonReaderOptions ReaderOptions = new() { MaxDepth = 256 };

    /// <summary>Reads a line that begins at <paramref name="lineAt"/> in its file.</summary>
    public static bool TryRead(
        ReadOnlySpan<byte> line, long lineAt, string endpoint, out BatchLine read, [NotNullWhen(false)] out JobProblem? problem)
    {
        read = default;
        try
        {
            problem = Read(line, lineAt, endpoint, out read);
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException or DecoderFallbackException)
        {
            problem = new JobProblem("invalid_json_line", "The line is not valid JSON. Write one JSON object a line, without line ends inside.");
        }

        return problem is null;
    }

    private static JobProblem? Read(ReadOnlySpan<byte> line, long lineAt, string endpoint, out BatchLine read)
    {
        string? customId = null, method = null, url = null;
        var (bodyAt, bodyBytes) = (-1, 0);
        read = default;

        var reader = new Utf8JsonReader(line, ReaderOptions);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            return new JobProblem("invalid_json_line", "The line is not a JSON object.");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString();
            reader.Read();
            if (name == "body" && reader.TokenType == JsonTokenType.StartObject)
            {
                bodyAt = (int)reader.TokenStartIndex;
                reader.Skip();
                bodyBytes = (int)reader.BytesConsumed - bodyAt;
                continue;
            }

            var text = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
            (customId, method, url) = name switch
            {
                "custom_id" => (text, method, url),
                "method" => (customId, text, url),
                "url" => (customId, method, text),
                _ => (customId, method, url),
            };
            reader.Skip();
        }

        // What follows the object would be a second one on the same line.
        reader.Read();
        if (Check(customId, method, url, endpoint) is { } problem)
            return problem;
        if (bodyAt < 0)
            return new JobProblem("missing_required_parameter", "The line has no 'body' that is a JSON object.", Param: "body");
        read = new BatchLine(customId!, lineAt + bodyAt, bodyBytes);
        return null;
    }

    private static JobProblem? Check(string? customId, string? method, string? url, string endpoint) => (customId, method, url) switch
    {
        (null or "", _, _) => new JobProblem("missing_required_parameter", "The line has no 'custom_id' that is a text.", Param: "custom_id"),
        ({ Length: > MaxCustomIdLength }, _, _) => new JobProblem("invalid_custom_id", $"The 'custom_id' is longer than {MaxCustomIdLength} characters.", Param: "custom_id"),
        (_, null, _) => new JobProblem("missing_required_parameter", "The line has no 'method'; it must be \"POST\".", Param: "method"),
        (_, not "POST", _) => new JobProblem("invalid_method", $"The method is '{Quote(method)}'; it must be POST.", Param: "method"),
        (_, _, null) => new JobProblem("missing_required_parameter", $"The line has no 'url'; it must be \"{endpoint}\".", Param: "url"),
        _ when url != endpoint => new JobProblem("mismatched_endpoint", $"The url is '{Quote(url)}', but the endpoint of the batch is {endpoint}.", Param: "url"),
        _ => null,
    };

    private static string Quote(string text) => text.Length <= MaxQuotedLength ? text : text[..MaxQuotedLength];
}
