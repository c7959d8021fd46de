using System.Text;
using System.Text.Json;
using ServerlessRouter.Providers.Translation;

namespace ServerlessRouter.Providers.Responses;

/// <summary>The output items of a whole response, sorted by what they are to the schema of chat completions.</summary>
internal sealed class ResponsesOutput
{
    private readonly StringBuilder _text = new();
    private readonly StringBuilder _refusal = new();
    private readonly StringBuilder _reasoning = new();
    private bool _hasText;
    private bool _hasRefusal;

    /// <summary>The texts of all messages; null when there is none.</summary>
    public string? Text => _hasText ? _text.ToString() : null;

    /// <summary>All refusals; null when there is none.</summary>
    public string? Refusal => _hasRefusal ? _refusal.ToString() : null;

    /// <summary>All reasoning that can be read; null when there is none.</summary>
    public string? Reasoning => _reasoning.Length > 0 ? _reasoning.ToString() : null;

    public List<JsonElement> ReasoningItems { get; } = [];

    /// <summary>Calls of functions and of custom tools, in order.</summary>
    public List<JsonElement> Calls { get; } = [];

    public List<ResponsesAnnotation> Annotations { get; } = [];

    /// <summary>Log probabilities of the texts' tokens.</summary>
    public List<JsonElement> Logprobs { get; } = [];

    /// <summary>Items that chat completions have no word for.</summary>
    public List<JsonElement> Others { get; } = [];

    /// <summary>What the last message is to the turn, where it says so: a comment on the way, or the answer.</summary>
    public string? Phase { get; private set; }

    /// <summary>Nothing a caller could notice.</summary>
    public bool IsEmpty => !_hasText && !_hasRefusal && ReasoningItems.Count == 0 && Calls.Count == 0 && Others.Count == 0;

    public static ResponsesOutput Of(JsonElement response)
    {
        var sorted = new ResponsesOutput();
        var output = LooseJson.Member(response, "output");
        if (output.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in output.EnumerateArray())
                sorted.Add(item);
        }

        // Some gateways have the short form that OpenAI's SDKs make for themselves.
        if (sorted.IsEmpty && LooseJson.Piece(response, "output_text") is { Length: > 0 } text)
            sorted.AddText(text, isNewMessage: true);
        return sorted;
    }

    /// <summary>The kind of an item; one without a type is a message where it has content.</summary>
    public static ResponsesItemKind KindOf(JsonElement item) => LooseJson.Text(item, "type") switch
    {
        "message" => ResponsesItemKind.Message,
        "reasoning" => ResponsesItemKind.Reasoning,
        "function_call" => ResponsesItemKind.FunctionCall,
        "custom_tool_call" => ResponsesItemKind.CustomCall,
        null when LooseJson.Member(item, "content").ValueKind != JsonValueKind.Undefined => ResponsesItemKind.Message,
        _ => ResponsesItemKind.Other,
    };

    /// <summary>The parts of a message's content; gateways also send one text.</summary>
    public static IEnumerable<JsonElement> PartsOf(JsonElement item)
    {
        var content = LooseJson.Member(item, "content");
        return content.ValueKind switch
        {
            JsonValueKind.Array => content.EnumerateArray(),
            JsonValueKind.String => [content],
            _ => [],
        };
    }

    /// <summary>The text of a part that is one; null for a refusal and all else.</summary>
    public static string? TextOf(JsonElement part)
    {
        if (part.ValueKind == JsonValueKind.String)
            return LooseJson.Piece(part);
        return LooseJson.Text(part, "type") is "output_text" or "text" or "summary_text" or "reasoning_text" or null ? LooseJson.Piece(part, "text") : null;
    }

    private void Add(JsonElement item)
    {
        switch (KindOf(item))
        {
            case ResponsesItemKind.Message:
                AddMessage(item);
                break;
            case ResponsesItemKind.Reasoning:
                ReasoningItems.Add(item);
                AddReasoning(LooseJson.Member(item, "summary"));
                AddReasoning(LooseJson.Member(item, "content"));
                break;
            case ResponsesItemKind.FunctionCall or ResponsesItemKind.CustomCall:
                Calls.Add(item);
                break;
            case ResponsesItemKind.Other when item.ValueKind == JsonValueKind.Object:
                Others.Add(item);
                break;
        }
    }

    private void AddMessage(JsonElement item)
    {
        Phase = LooseJson.Text(item, "phase") ?? Phase;
        var isNew = true;
        foreach (var part in PartsOf(item))
        {
            if (LooseJson.Text(part, "type") == "refusal")
            {
                _hasRefusal = true;
                _refusal.Append(LooseJson.Piece(part, "refusal"));
            }
            else if (TextOf(part) is { } text)
            {
                var start = AddText(text, isNew);
                isNew = false;
                AddAnnotations(LooseJson.Member(part, "annotations"), start);
                if (LooseJson.Member(part, "logprobs") is { ValueKind: JsonValueKind.Array } logprobs)
                    Logprobs.AddRange(logprobs.EnumerateArray());
            }
        }
    }

    /// <summary>Answers with where the text begins.</summary>
    private int AddText(string text, bool isNewMessage)
    {
        if (isNewMessage && _text.Length > 0 && text.Length > 0)
            _text.Append(ResponsesVocabulary.Separator);
        var start = _text.Length;
        _text.Append(text);
        _hasText = true;
        return start;
    }

    private void AddReasoning(JsonElement parts)
    {
        if (parts.ValueKind != JsonValueKind.Array)
            return;
        foreach (var part in parts.EnumerateArray())
        {
            if (TextOf(part) is not { Length: > 0 } text)
                continue;
            if (_reasoning.Length > 0)
                _reasoning.Append(ResponsesVocabulary.Separator);
            _reasoning.Append(text);
        }
    }

    private void AddAnnotations(JsonElement annotations, int start)
    {
        if (annotations.ValueKind != JsonValueKind.Array)
            return;
        foreach (var annotation in annotations.EnumerateArray())
        {
            if (annotation.ValueKind == JsonValueKind.Object)
                Annotations.Add(ResponsesAnnotation.Of(annotation, start));
        }
    }
}

/// <summary>What an output item is to the schema of chat completions.</summary>
internal enum ResponsesItemKind
{
    Message,
    Reasoning,
    FunctionCall,
    CustomCall,

    /// <summary>It has no word for it: what the vendor's own tools did, compactions, and what the vendor adds.</summary>
    Other,
}
