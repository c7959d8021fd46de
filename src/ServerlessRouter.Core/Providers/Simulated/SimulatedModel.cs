using System.Globalization;
using System.Text;
using System.Text.Json;
using ServerlessRouter.Chat;
using ServerlessRouter.Domain;
using ServerlessRouter.Json;

namespace ServerlessRouter.Providers.Simulated;

/// <summary>Makes up answers: the same request gets the same one. It calls the tool it must call, fills the schema it must fill, and stops at the limit of tokens.</summary>
internal static class SimulatedModel
{
    private const int MaxQuotedBytes = 240;
    private const int BytesPerToken = 4;
    private const int JsonPieceLength = 6;

    private static readonly JsonDocumentOptions ParseOptions = new() { MaxDepth = ChatRequestScanner.MaxDepth };

    private static readonly string[] Sentences =
    [
        "There are two parts to it, and both are simple once they are seen apart.",
        "The first step is to write down what is known and what is asked.",
        "A short example makes this clear.",
        "What remains is to check the result against the question.",
        "In practice the plain solution is good enough most of the time.",
        "If one of the assumptions does not hold, start again from that point.",
        "That is the whole of it.",
    ];

    /// <summary>The answer; null when a tool or schema holds broken escapes.</summary>
    public static SimulatedReply? TryAnswer(ChatRequest request, string model)
    {
        try
        {
            return Answer(request, model);
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static SimulatedReply Answer(ChatRequest request, string model)
    {
        var quoted = LastUserText(request);
        var seed = Hash(quoted, model);
        var tool = DemandedTool(request, out var json);
        json ??= DemandedJson(request);
        var tokens = json is null ? Words(Prose(quoted, model, seed)) : Pieces(json);
        var finishReason = tool is null ? "stop" : "tool_calls";
        if (request.MaxOutputTokens is { } most && tokens.Count > most)
        {
            tokens = tokens.GetRange(0, Math.Max(0, most));
            finishReason = "length";
        }

        var usage = new TokenUsage(PromptTokens(request), tokens.Count);
        return new SimulatedReply($"chatcmpl-{seed.ToString("x16", CultureInfo.InvariantCulture)}", model, tool, tokens, finishReason, usage);
    }

    private static string Prose(string quoted, string model, ulong seed)
    {
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"This is a simulated answer of {model} to “{quoted}”.");
        var count = 2 + (int)(seed % (ulong)(Sentences.Length - 1));
        for (var place = 0; place < count; place++)
            text.Append(' ').Append(Sentences[(int)((seed + (ulong)place) % (ulong)Sentences.Length)]);
        return text.ToString();
    }

    private static int PromptTokens(ChatRequest request)
    {
        var bytes = (long)request.SchemaBytes;
        foreach (var piece in request.TextList)
            bytes += piece.Range.Length;
        return (int)Math.Max(1, (bytes + BytesPerToken - 1) / BytesPerToken);
    }

    private static string LastUserText(ChatRequest request)
    {
        for (var place = request.TextList.Count - 1; place >= 0; place--)
        {
            var piece = request.TextList[place];
            if (piece.Role != MessageRole.User)
                continue;
            Span<byte> text = stackalloc byte[MaxQuotedBytes];
            return Encoding.UTF8.GetString(text[..request.CopyText(piece, text)]);
        }

        return "";
    }

    /// <summary>FNV-1a: the same in every process, which <see cref="HashCode"/> is not.</summary>
    private static ulong Hash(string quoted, string model)
    {
        const ulong Offset = 14695981039346656037, Prime = 1099511628211;
        var hash = Offset;
        foreach (var character in quoted)
            hash = (hash ^ character) * Prime;
        foreach (var character in model)
            hash = (hash ^ character) * Prime;
        return hash;
    }

    /// <summary>The tool that <c>tool_choice</c> demands, with arguments that fit it.</summary>
    private static string? DemandedTool(ChatRequest request, out string? arguments)
    {
        arguments = null;
        if (!request.TryGetMember("tools"u8, out var tools) || !request.TryGetMember("tool_choice"u8, out var choice))
            return null;
        using var choiceJson = Parse(request, choice);
        string? wanted = null;
        if (choiceJson.RootElement.ValueKind == JsonValueKind.String && choiceJson.RootElement.GetString() != "required")
            return null;
        if (choiceJson.RootElement.ValueKind == JsonValueKind.Object)
            wanted = Text(Member(choiceJson.RootElement, "function"), "name");
        using var toolsJson = Parse(request, tools);
        if (toolsJson.RootElement.ValueKind != JsonValueKind.Array)
            return null;
        foreach (var tool in toolsJson.RootElement.EnumerateArray())
        {
            var function = Member(tool, "function");
            if (Text(function, "name") is not { } name || (wanted is not null && wanted != name))
                continue;
            arguments = SchemaSample.Of(Member(function, "parameters"));
            return name;
        }

        return null;
    }

    /// <summary>The JSON that <c>response_format</c> demands.</summary>
    private static string? DemandedJson(ChatRequest request)
    {
        if (!request.TryGetMember("response_format"u8, out var member))
            return null;
        using var format = Parse(request, member);
        return Text(format.RootElement, "type") switch
        {
            "json_schema" => SchemaSample.Of(Member(Member(format.RootElement, "json_schema"), "schema")),
            "json_object" => """{"answer":"simulated"}""",
            _ => null,
        };
    }

    private static JsonDocument Parse(ChatRequest request, in JsonMember member) => 
        JsonDocument.Parse(request.Memory.Slice(member.Value.Start, member.Value.Length), ParseOptions);

    private static JsonElement Member(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value) ? value : default;

    private static string? Text(JsonElement parent, string name) => Member(parent, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    private static List<string> Words(string text)
    {
        var words = new List<string>();
        for (var start = 0; start < text.Length;)
        {
            var space = text.IndexOf(' ', start);
            var end = space < 0 ? text.Length : space + 1;
            words.Add(text[start..end]);
            start = end;
        }

        return words;
    }

    private static List<string> Pieces(string json)
    {
        var pieces = new List<string>();
        for (var start = 0; start < json.Length; start += JsonPieceLength)
            pieces.Add(json.Substring(start, Math.Min(JsonPieceLength, json.Length - start)));
        return pieces;
    }
}

/// <summary>What a simulated model says: its words, one a token, either as text or as the arguments of a tool call.</summary>
/// <param name="Id">The same for the same request.</param>
/// <param name="Model">Name of the deployment.</param>
/// <param name="Tool">The tool it calls, or null when it speaks.</param>
/// <param name="Tokens">The pieces it is streamed in.</param>
/// <param name="FinishReason">Why it stopped.</param>
/// <param name="Usage">As the vendor would bill it.</param>
internal sealed record SimulatedReply(string Id, string Model, string? Tool, IReadOnlyList<string> Tokens, string FinishReason, TokenUsage Usage);
