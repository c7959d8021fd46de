using System.Collections.Frozen;
using System.Text.Json;
using ServerlessRouter.Json;

namespace ServerlessRouter.Jobs.Queue;

/// <summary>Reads messages that ask for batches and says of a faulty one what is wrong; a member it does not know is a mistake, for no caller is there to notice that it was ignored.</summary>
internal static class QueueMessageReader
{
    /// <summary>Longer lists belong into a blob.</summary>
    public const int MaxRequests = 1000;

    private const int MaxTextLength = 2048;
    private const int MaxQuotedLength = 64;

    private static readonly FrozenSet<string> Members = FrozenSet.Create(
        StringComparer.Ordinal, "version", "key", "endpoint", "model", "requests", "input", "output", "callback", "idempotencyKey", "completionWindow", "metadata");

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 256 };

    public static QueueMessageResult Read(ReadOnlyMemory<byte> message)
    {
        string? key = null;
        try
        {
            using var document = JsonDocument.Parse(message, Options);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                return new QueueMessageResult(null, new JobProblem("invalid_message", "The message is not a JSON object."), null);
            key = document.RootElement.TryGetProperty("key"u8, out var written) && written.ValueKind == JsonValueKind.String
                && written.GetString() is { Length: > 0 and <= MaxTextLength } name ? name : null;
            return new QueueMessageResult(Read(document.RootElement), null, key);
        }
        catch (JsonException)
        {
            return new QueueMessageResult(null, new JobProblem("invalid_message", $"The message is not valid JSON: {JsonFault.Explain(message.Span, new JsonReaderOptions { MaxDepth = Options.MaxDepth })}"), key);
        }
        catch (InvalidOperationException)
        {
            // The reader's way to say that an escape is half of a pair.
            return new QueueMessageResult(null, new JobProblem("invalid_message", "The message holds a \\u escape that is no character."), key);
        }
        catch (QueueMessageFault fault)
        {
            return new QueueMessageResult(null, new JobProblem("invalid_message", fault.Message, Param: fault.Param), key);
        }
    }

    private static QueueMessage Read(JsonElement message)
    {
        foreach (var member in message.EnumerateObject())
        {
            if (!Members.Contains(member.Name))
                throw new QueueMessageFault(Quote(member.Name), $"The message has a member '{Quote(member.Name)}' that is none of: {string.Join(", ", Members.Order(StringComparer.Ordinal))}.");
        }

        if (message.TryGetProperty("version"u8, out var version) && (version.ValueKind != JsonValueKind.Number || !version.TryGetInt32(out var number) || number != 1))
            throw new QueueMessageFault("version", "The 'version' must be 1.");
        var requests = Requests(message);
        var input = Text(message, "input");
        if ((requests.Count == 0) == (input is null))
            throw new QueueMessageFault("requests", "The message must have either 'requests', a list that is not empty, or 'input', the name of a blob.");
        return new QueueMessage
        {
            Key = Text(message, "key"),
            Endpoint = Endpoint(message),
            Model = Text(message, "model"),
            Requests = requests,
            Input = Blob("input", input),
            Output = Blob("output", Text(message, "output")),
            Callback = Text(message, "callback"),
            IdempotencyKey = Text(message, "idempotencyKey"),
            CompletionWindow = Text(message, "completionWindow") ?? CompletionWindow.Default,
            Metadata = Metadata(message),
        };
    }

    private static List<QueueRequest> Requests(JsonElement message)
    {
        if (!message.TryGetProperty("requests"u8, out var written))
            return [];
        if (written.ValueKind != JsonValueKind.Array || written.GetArrayLength() > MaxRequests)
            throw new QueueMessageFault("requests", $"'requests' must be a list of up to {MaxRequests}; put more into a blob and name it in 'input'.");
        return [.. written.EnumerateArray().Select(Request)];
    }

    private static QueueRequest Request(JsonElement request, int place)
    {
        if (request.ValueKind != JsonValueKind.Object || Text(request, "custom_id") is not { Length: > 0 } customId)
            throw new QueueMessageFault($"requests[{place}]", $"requests[{place}] must be an object with a text 'custom_id' and an object 'body'.");
        if (!request.TryGetProperty("body"u8, out var body) || body.ValueKind != JsonValueKind.Object)
            throw new QueueMessageFault($"requests[{place}].body", $"requests[{place}] has no 'body' that is an object.");
        return new QueueRequest(customId, body.GetRawText());
    }

    private static string Endpoint(JsonElement message)
    {
        var endpoint = Text(message, "endpoint") ?? JobEndpoints.ChatCompletions;
        return JobEndpoints.IsKnown(endpoint) ? endpoint : throw new QueueMessageFault("endpoint", $"'endpoint' must be {JobEndpoints.Listed}.");
    }

    private static string? Blob(string member, string? name)
    {
        if (name is null)
            return null;
        if (!BlobName.Fits(name))
            throw new QueueMessageFault(member, $"'{member}' is too long for the name of a blob: up to {BlobName.Longest} characters, {BlobName.MaxPartLength} between two '/', and {BlobName.MaxParts} such parts.");
        return BlobName.IsGood(name)
            ? name
            : throw new QueueMessageFault(member, $"'{member}' must name a blob: letters, digits, '.', '_' and '-', folders separated by '/', without '..'.");
    }

    private static string? Metadata(JsonElement message) =>
        JobMetadata.TryRead(message, out var metadata) ? metadata : throw new QueueMessageFault("metadata", JobMetadata.Rule);

    private static string? Text(JsonElement message, string name)
    {
        if (!message.TryGetProperty(name, out var value))
            return null;
        return value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 and <= MaxTextLength } text
            ? text
            : throw new QueueMessageFault(name, $"'{name}' must be a text of 1 to {MaxTextLength} characters; leave it out where there is none.");
    }

    private static string Quote(string text) => text.Length <= MaxQuotedLength ? text : text[..MaxQuotedLength];
}

/// <summary>A message, or what is wrong with it.</summary>
/// <param name="Message">Null when it is faulty.</param>
/// <param name="Fault">What is wrong and how to mend it.</param>
/// <param name="Key">Whose it is, as far as could be read.</param>
internal sealed record QueueMessageResult(QueueMessage? Message, JobProblem? Fault, string? Key);

/// <summary>Ends the reading of a faulty message; never leaves <see cref="QueueMessageReader"/>.</summary>
internal sealed class QueueMessageFault(string param, string message) : Exception(message)
{
    /// <summary>The member at fault.</summary>
    public string Param { get; } = param;
}
