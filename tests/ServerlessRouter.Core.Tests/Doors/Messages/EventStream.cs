using System.Text;
using System.Text.Json.Nodes;

namespace ServerlessRouter.Core.Tests.Doors.Messages;

/// <summary>
/// Reads events as the clients of Anthropic's API do and puts the message together. It throws where the order is another than theirs: one <c>message_start</c> first, blocks one behind the other with indexes that
/// grow by one, each delta inside its block, one <c>message_delta</c> and one <c>message_stop</c> at the end, or an <c>error</c>.
/// </summary>
internal sealed class EventStream
{
    private readonly StringBuilder _arguments = new();
    private JsonObject? _open;
    private int _next;
    private bool _hasEnded;

    /// <summary>The types of all events in order.</summary>
    public List<string> Types { get; } = [];

    public List<JsonNode> Events { get; } = [];

    public JsonObject? Message { get; private set; }

    /// <summary>The <c>message_delta</c> has come.</summary>
    public bool IsSettled { get; private set; }

    public JsonNode? Error { get; private set; }

    /// <summary>Whole events.</summary>
    public void Take(string events)
    {
        if (events.Length == 0)
            return;
        if (!events.EndsWith("\n\n", StringComparison.Ordinal))
            throw new InvalidOperationException("an event is cut");
        foreach (var text in events[..^2].Split("\n\n"))
        {
            var lines = text.Split('\n');
            if (lines is not [var head, var data] || !head.StartsWith("event: ", StringComparison.Ordinal) || !data.StartsWith("data: ", StringComparison.Ordinal))
                throw new InvalidOperationException($"no event: {text}");
            Take(head["event: ".Length..], JsonNode.Parse(data["data: ".Length..])!);
        }
    }

    public string Content => Message!["content"]!.ToJsonString();

    private void Take(string name, JsonNode item)
    {
        var type = (string)item["type"]!;
        if (type != name)
            throw new InvalidOperationException($"the event {name} has the type {type}");
        if (_hasEnded)
            throw new InvalidOperationException($"{type} behind the end");
        if (Message is null && type is not ("message_start" or "error"))
            throw new InvalidOperationException($"{type} before message_start");
        Types.Add(type);
        Events.Add(item);
        switch (type)
        {
            case "message_start":
                Start(item);
                break;
            case "ping":
                break;
            case "content_block_start":
                StartBlock(item);
                break;
            case "content_block_delta":
                AddDelta(item);
                break;
            case "content_block_stop":
                StopBlock(item);
                break;
            case "message_delta":
                Settle(item);
                break;
            case "message_stop":
                _hasEnded = IsSettled ? true : throw new InvalidOperationException("message_stop without message_delta");
                break;
            case "error":
                (_hasEnded, Error) = (true, item);
                break;
            default:
                throw new InvalidOperationException($"unknown event {type}");
        }
    }

    private void Start(JsonNode item)
    {
        if (Message is not null)
            throw new InvalidOperationException("a second message_start");
        Message = item["message"]!.DeepClone().AsObject();
        foreach (var name in new[] { "id", "type", "role", "model", "content", "usage" })
            _ = Message[name] ?? throw new InvalidOperationException($"message_start without {name}");
    }

    private void StartBlock(JsonNode item)
    {
        if (_open is not null)
            throw new InvalidOperationException("blocks overlap");
        if ((int)item["index"]! != _next)
            throw new InvalidOperationException($"block {item["index"]} instead of {_next}");
        if (IsSettled)
            throw new InvalidOperationException("a block behind message_delta");
        _open = item["content_block"]!.DeepClone().AsObject();
        _arguments.Clear();
    }

    private void AddDelta(JsonNode item)
    {
        var block = _open is not null && (int)item["index"]! == _next ? _open : throw new InvalidOperationException("a delta outside of its block");
        var delta = item["delta"]!;
        switch ((string)delta["type"]!)
        {
            case "text_delta" when (string)block["type"]! == "text":
                block["text"] = (string)block["text"]! + (string)delta["text"]!;
                break;
            case "citations_delta" when (string)block["type"]! == "text":
                block["citations"] ??= new JsonArray();
                block["citations"]!.AsArray().Add(delta["citation"]!.DeepClone());
                break;
            case "thinking_delta" when (string)block["type"]! == "thinking":
                block["thinking"] = (string)block["thinking"]! + (string)delta["thinking"]!;
                break;
            case "signature_delta" when (string)block["type"]! == "thinking":
                block["signature"] = (string)delta["signature"]!;
                break;
            case "input_json_delta" when block["input"] is not null:
                _arguments.Append((string)delta["partial_json"]!);
                break;
            default:
                throw new InvalidOperationException($"{delta["type"]} in a block {block["type"]}");
        }
    }

    private void StopBlock(JsonNode item)
    {
        var block = _open is not null && (int)item["index"]! == _next ? _open : throw new InvalidOperationException("a stop outside of its block");
        if (_arguments.Length > 0)
            block["input"] = JsonNode.Parse(_arguments.ToString());
        Message!["content"]!.AsArray().Add(block);
        _open = null;
        _next++;
    }

    private void Settle(JsonNode item)
    {
        if (_open is not null)
            throw new InvalidOperationException("message_delta inside a block");
        if (IsSettled)
            throw new InvalidOperationException("a second message_delta");
        IsSettled = true;
        foreach (var (name, value) in item["delta"]!.AsObject())
            Message![name] = value?.DeepClone();
        foreach (var (name, value) in item["usage"]!.AsObject())
            Message!["usage"]![name] = value?.DeepClone();
    }
}
