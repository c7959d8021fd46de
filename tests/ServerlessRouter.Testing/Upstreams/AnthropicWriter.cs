using System.Text.Json.Nodes;

namespace ServerlessRouter.Testing.Upstreams;

/// <summary>Chat answers in the words of Anthropic's Messages API.</summary>
internal static class AnthropicWriter
{
    public static JsonObject Whole(UpstreamRequest request, ChatContent chat)
    {
        var blocks = new JsonArray();
        if (VisibleText(chat) is { Length: > 0 } text)
            blocks.Add((JsonNode)new JsonObject { ["type"] = "text", ["text"] = text });
        foreach (var call in chat.ToolCalls)
            blocks.Add((JsonNode)ToolUse(call, JsonNode.Parse(call.ArgumentsJson)!));
        var message = Message(request, chat, blocks);
        message["stop_reason"] = StopReason(chat);
        if (chat.UsagePlacement != UsagePlacement.Absent)
            message["usage"] = Usage(chat.Usage!, chat.Usage!.CompletionTokens);
        return message;
    }

    public static List<Frame> Frames(UpstreamRequest request, ChatContent chat)
    {
        var isUsageSent = chat.UsagePlacement != UsagePlacement.Absent;
        var start = Message(request, chat, []);
        if (isUsageSent)
            start["usage"] = Usage(chat.Usage!, outputTokens: 1);
        var frames = new List<Frame>
        {
            Event(FrameKind.Envelope, "message_start", new JsonObject { ["message"] = start }),
            Event(FrameKind.Envelope, "ping", []),
        };
        AddBlocks(frames, chat);

        if (chat.ErrorInside is { } inside)
        {
            var contents = 0;
            var kept = frames.TakeWhile(frame => frame.Kind != FrameKind.Content || contents++ < inside.AfterChunk).ToList();
            kept.Add(Frame.Of(FrameKind.Envelope, inside.Error.ToJson(Dialect.Anthropic), "error"));
            return kept;
        }
        if (chat.SendsFinish)
        {
            var delta = new JsonObject { ["delta"] = new JsonObject { ["stop_reason"] = StopReason(chat), ["stop_sequence"] = null } };
            if (isUsageSent)
                delta["usage"] = new JsonObject { ["output_tokens"] = chat.Usage!.CompletionTokens };
            frames.Add(Event(FrameKind.Envelope, "message_delta", delta, isUsageSent));
        }
        if (chat.SendsEnd)
            frames.Add(Event(FrameKind.End, "message_stop", []));
        return frames;
    }

    private static void AddBlocks(List<Frame> frames, ChatContent chat)
    {
        var index = 0;
        var pieces = chat.Refusal is null ? chat.Pieces : [.. chat.Pieces, chat.Refusal];
        if (!pieces.IsEmpty)
            AddBlock(frames, index++, new JsonObject { ["type"] = "text", ["text"] = "" }, "text_delta", "text", pieces);
        foreach (var call in chat.ToolCalls)
            AddBlock(frames, index++, ToolUse(call, new JsonObject()), "input_json_delta", "partial_json", call.ArgumentPieces);
    }

    private static void AddBlock(List<Frame> frames, int index, JsonObject block, string deltaType, string deltaField, IEnumerable<string> pieces)
    {
        frames.Add(Event(FrameKind.Envelope, "content_block_start", new JsonObject { ["index"] = index, ["content_block"] = block }));
        foreach (var piece in pieces)
        {
            var delta = new JsonObject { ["type"] = deltaType, [deltaField] = piece };
            frames.Add(Event(FrameKind.Content, "content_block_delta", new JsonObject { ["index"] = index, ["delta"] = delta }));
        }
        frames.Add(Event(FrameKind.Envelope, "content_block_stop", new JsonObject { ["index"] = index }));
    }

    private static Frame Event(FrameKind kind, string name, JsonObject fields, bool reportsUsage = false)
    {
        fields.Insert(0, "type", name);
        return Frame.Of(kind, fields, name, reportsUsage);
    }

    private static JsonObject Message(UpstreamRequest request, ChatContent chat, JsonArray blocks) => new()
    {
        ["id"] = $"msg_{request.Number}",
        ["type"] = "message",
        ["role"] = "assistant",
        ["model"] = chat.Model ?? request.Model,
        ["content"] = blocks,
        ["stop_reason"] = null,
        ["stop_sequence"] = null,
    };

    private static JsonObject ToolUse(ToolCallReply call, JsonNode input) =>
        new() { ["type"] = "tool_use", ["id"] = call.Id, ["name"] = call.Name, ["input"] = input };

    private static string VisibleText(ChatContent chat) => chat.Text + chat.Refusal;

    private static string StopReason(ChatContent chat) => chat.FinishReasonOrFitting switch
    {
        "stop" when chat.Refusal is not null => "refusal",
        "stop" => "end_turn",
        "length" => "max_tokens",
        "tool_calls" => "tool_use",
        "content_filter" => "refusal",
        var other => other,
    };

    private static JsonObject Usage(UpstreamUsage usage, int outputTokens) => new()
    {
        ["input_tokens"] = usage.PromptTokens - usage.CachedTokens - usage.CacheWriteTokens,
        ["cache_creation_input_tokens"] = usage.CacheWriteTokens,
        ["cache_read_input_tokens"] = usage.CachedTokens,
        ["output_tokens"] = outputTokens,
    };
}
