using System.Text.Json.Nodes;

namespace ServerlessRouter.Testing.Upstreams;

/// <summary>Chat answers in the words of OpenAI's Responses API: the items and events that its documentation and the types of openai-node name.</summary>
internal static class ResponsesWriter
{
    private const long Created = 1_767_225_600;

    public static JsonObject Whole(UpstreamRequest request, ChatContent chat)
    {
        var response = Response(request, chat, StatusOf(chat));
        response["output"] = new JsonArray([.. Items(chat).Select(static item => item.Whole.DeepClone())]);
        if (chat.UsagePlacement != UsagePlacement.Absent)
            response["usage"] = Usage(chat.Usage!);
        return response;
    }

    public static List<Frame> Frames(UpstreamRequest request, ChatContent chat)
    {
        var events = new EventList();
        events.Add(FrameKind.Envelope, "response.created", new JsonObject { ["response"] = Response(request, chat, "in_progress") });
        events.Add(FrameKind.Envelope, "response.in_progress", new JsonObject { ["response"] = Response(request, chat, "in_progress") });
        var items = Items(chat).ToList();
        for (var index = 0; index < items.Count; index++)
            AddItem(events, items[index], index);

        if (chat.ErrorInside is { } inside)
        {
            var contents = 0;
            var kept = events.Frames.TakeWhile(frame => frame.Kind != FrameKind.Content || contents++ < inside.AfterChunk).ToList();
            var error = new JsonObject { ["type"] = "error", ["code"] = inside.Error.Code, ["message"] = inside.Error.Message, ["param"] = inside.Error.Param, ["sequence_number"] = kept.Count };
            kept.Add(Frame.Of(FrameKind.Envelope, error, "error"));
            return kept;
        }

        if (!chat.SendsFinish)
            return events.Frames;
        var status = StatusOf(chat);
        events.Add(FrameKind.End, $"response.{status}", new JsonObject { ["response"] = Whole(request, chat) }, chat.UsagePlacement != UsagePlacement.Absent);
        return events.Frames;
    }

    private static void AddItem(EventList events, Item item, int index)
    {
        var started = item.Whole.DeepClone().AsObject();
        started["status"] = "in_progress";
        started[item.Field] = item.IsMessage ? new JsonArray() : "";
        events.Add(FrameKind.Envelope, "response.output_item.added", new JsonObject { ["output_index"] = index, ["item"] = started });
        foreach (var part in item.Parts)
        {
            if (item.IsMessage)
                events.Add(FrameKind.Envelope, "response.content_part.added", Placed(item, index, part, new JsonObject { ["part"] = PartJson(part, "") }));
            foreach (var piece in part.Pieces)
                events.Add(FrameKind.Content, $"{part.Event}.delta", Placed(item, index, part, new JsonObject { ["delta"] = piece }));
            events.Add(FrameKind.Envelope, $"{part.Event}.done", Placed(item, index, part, new JsonObject { [part.Field] = part.Text }));
            if (item.IsMessage)
                events.Add(FrameKind.Envelope, "response.content_part.done", Placed(item, index, part, new JsonObject { ["part"] = PartJson(part, part.Text) }));
        }

        events.Add(FrameKind.Envelope, "response.output_item.done", new JsonObject { ["output_index"] = index, ["item"] = item.Whole.DeepClone() });
    }

    private static JsonObject Placed(Item item, int index, Part part, JsonObject fields)
    {
        fields.Insert(0, "item_id", (string?)item.Whole["id"]);
        fields.Insert(1, "output_index", index);
        if (item.IsMessage)
            fields.Insert(2, "content_index", part.Index);
        if (part.Event == "response.output_text" && !fields.ContainsKey("part"))
            fields["logprobs"] = new JsonArray();
        return fields;
    }

    private static IEnumerable<Item> Items(ChatContent chat)
    {
        var parts = new List<Part>();
        if (!chat.Pieces.IsEmpty)
            parts.Add(new Part(0, "response.output_text", "text", [.. chat.Pieces]));
        if (chat.Refusal is { } refusal)
            parts.Add(new Part(parts.Count, "response.refusal", "refusal", [refusal]));
        if (parts.Count > 0)
            yield return new Item(Message(parts), "content", parts);
        foreach (var call in chat.ToolCalls)
        {
            yield return new Item(
                new JsonObject { ["type"] = "function_call", ["id"] = $"fc_{call.Id}", ["call_id"] = call.Id, ["name"] = call.Name, ["arguments"] = call.ArgumentsJson, ["status"] = "completed" },
                "arguments", [new Part(0, "response.function_call_arguments", "arguments", [.. call.ArgumentPieces])]);
        }
    }

    private static JsonObject Message(List<Part> parts) => new()
    {
        ["type"] = "message",
        ["id"] = "msg_1",
        ["status"] = "completed",
        ["role"] = "assistant",
        ["content"] = new JsonArray([.. parts.Select(static part => PartJson(part, part.Text))]),
    };

    private static JsonObject PartJson(Part part, string text) => part.Field == "refusal"
        ? new JsonObject { ["type"] = "refusal", ["refusal"] = text }
        : new JsonObject { ["type"] = "output_text", ["text"] = text, ["annotations"] = new JsonArray(), ["logprobs"] = new JsonArray() };

    private static string StatusOf(ChatContent chat) => chat.FinishReasonOrFitting is "length" or "content_filter" ? "incomplete" : "completed";

    private static JsonObject Response(UpstreamRequest request, ChatContent chat, string status) => new()
    {
        ["id"] = $"resp_{request.Number}",
        ["object"] = "response",
        ["created_at"] = Created,
        ["status"] = status,
        ["error"] = null,
        ["incomplete_details"] = status == "incomplete"
            ? new JsonObject { ["reason"] = chat.FinishReasonOrFitting == "length" ? "max_output_tokens" : "content_filter" }
            : null,
        ["instructions"] = request.Json?["instructions"]?.DeepClone(),
        ["max_output_tokens"] = request.Json?["max_output_tokens"]?.DeepClone(),
        ["model"] = chat.Model ?? request.Model,
        ["output"] = new JsonArray(),
        ["parallel_tool_calls"] = request.Json?["parallel_tool_calls"]?.DeepClone() ?? true,
        ["previous_response_id"] = null,
        ["service_tier"] = "default",
        ["store"] = request.Json?["store"]?.DeepClone() ?? true,
        ["temperature"] = request.Json?["temperature"]?.DeepClone() ?? 1,
        ["tool_choice"] = request.Json?["tool_choice"]?.DeepClone() ?? "auto",
        ["tools"] = request.Json?["tools"]?.DeepClone() ?? new JsonArray(),
        ["top_p"] = 1,
        ["truncation"] = "disabled",
        ["usage"] = null,
        ["metadata"] = request.Json?["metadata"]?.DeepClone() ?? new JsonObject(),
    };

    private static JsonObject Usage(UpstreamUsage usage)
    {
        var json = new JsonObject
        {
            ["input_tokens"] = usage.PromptTokens,
            ["input_tokens_details"] = new JsonObject { ["cached_tokens"] = usage.CachedTokens, ["cache_write_tokens"] = usage.CacheWriteTokens },
            ["output_tokens"] = usage.CompletionTokens,
            ["output_tokens_details"] = new JsonObject { ["reasoning_tokens"] = usage.ReasoningTokens },
            ["total_tokens"] = usage.TotalTokens,
        };
        if (usage.ReportedCostUsd is { } cost)
            json["cost"] = cost;
        return json;
    }

    /// <summary>An output item as it is at its end, and what its events tell of it piece by piece.</summary>
    /// <param name="Whole">The item.</param>
    /// <param name="Field">The member that is empty at its beginning.</param>
    /// <param name="Parts">Its texts.</param>
    private sealed record Item(JsonObject Whole, string Field, IReadOnlyList<Part> Parts)
    {
        public bool IsMessage => Field == "content";
    }

    private sealed record Part(int Index, string Event, string Field, IReadOnlyList<string> Pieces)
    {
        public string Text => string.Concat(Pieces);
    }

    private sealed class EventList
    {
        public List<Frame> Frames { get; } = [];

        public void Add(FrameKind kind, string name, JsonObject fields, bool reportsUsage = false)
        {
            fields.Insert(0, "type", name);
            fields["sequence_number"] = Frames.Count;
            Frames.Add(Frame.Of(kind, fields, name, reportsUsage));
        }
    }
}
