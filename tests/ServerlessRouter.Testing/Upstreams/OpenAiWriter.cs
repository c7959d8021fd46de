using System.Text.Json.Nodes;

namespace ServerlessRouter.Testing.Upstreams;

/// <summary>Chat answers in OpenAI's words, with Azure's additions on its paths.</summary>
internal static class OpenAiWriter
{
    private const long Created = 1_767_225_600;

    public static JsonObject Whole(UpstreamRequest request, ChatContent chat)
    {
        var message = new JsonObject { ["role"] = "assistant", ["content"] = chat.Pieces.IsEmpty ? null : chat.Text, ["refusal"] = chat.Refusal };
        if (!chat.ToolCalls.IsEmpty)
            message["tool_calls"] = new JsonArray([.. chat.ToolCalls.Select(call => ToolCall(call, call.ArgumentsJson))]);
        var choice = new JsonObject { ["index"] = 0, ["message"] = message, ["logprobs"] = null, ["finish_reason"] = chat.FinishReasonOrFitting };
        var body = Envelope(request, chat, "chat.completion", choice);
        if (OpensWithPromptFilter(request, chat))
            body["prompt_filter_results"] = PromptFilterResults();
        if (chat.UsagePlacement != UsagePlacement.Absent)
            body["usage"] = Usage(chat.Usage!);
        return body;
    }

    public static List<Frame> Frames(UpstreamRequest request, ChatContent chat)
    {
        var bodies = new List<(FrameKind Kind, JsonObject Json)>();
        if (OpensWithPromptFilter(request, chat))
        {
            var opening = Envelope(request, chat, "chat.completion.chunk", choice: null);
            opening["prompt_filter_results"] = PromptFilterResults();
            bodies.Add((FrameKind.Envelope, opening));
        }
        bodies.Add((FrameKind.Envelope, Chunk(request, chat, new JsonObject { ["role"] = "assistant", ["content"] = "", ["refusal"] = null })));
        bodies.AddRange(Deltas(chat).Select(delta => (FrameKind.Content, Chunk(request, chat, delta))));

        if (chat.ErrorInside is { } inside)
        {
            var keep = bodies.Count(body => body.Kind == FrameKind.Envelope) + inside.AfterChunk;
            return [.. bodies.Take(keep).Select(body => Frame.Of(body.Kind, body.Json)), Frame.Of(FrameKind.Envelope, inside.Error.ToJson(Dialect.OpenAi))];
        }
        if (chat.SendsFinish)
            bodies.Add((FrameKind.Envelope, Chunk(request, chat, [], chat.FinishReasonOrFitting)));
        var reporter = PlaceUsage(request, chat, bodies);
        var frames = bodies.ConvertAll(body => Frame.Of(body.Kind, body.Json, reportsUsage: ReferenceEquals(body.Json, reporter)));
        if (chat.SendsEnd)
            frames.Add(new Frame(FrameKind.End, "[DONE]"u8.ToArray()));
        return frames;
    }

    private static IEnumerable<JsonObject> Deltas(ChatContent chat)
    {
        foreach (var piece in chat.Pieces)
            yield return new JsonObject { ["content"] = piece };
        if (chat.Refusal is not null)
            yield return new JsonObject { ["refusal"] = chat.Refusal };
        for (var i = 0; i < chat.ToolCalls.Length; i++)
        {
            var opening = ToolCall(chat.ToolCalls[i], "");
            opening["index"] = i;
            yield return new JsonObject { ["tool_calls"] = new JsonArray(opening) };
            foreach (var piece in chat.ToolCalls[i].ArgumentPieces)
                yield return new JsonObject { ["tool_calls"] = new JsonArray(new JsonObject { ["index"] = i, ["function"] = new JsonObject { ["arguments"] = piece } }) };
        }
    }

    /// <summary>The chunk that reports usage, if any does.</summary>
    private static JsonObject? PlaceUsage(UpstreamRequest request, ChatContent chat, List<(FrameKind Kind, JsonObject Json)> bodies)
    {
        var reporter = chat.UsagePlacement switch
        {
            UsagePlacement.FirstChunk => bodies[0].Json,
            UsagePlacement.LastContentChunk => bodies.FindLast(body => body.Kind == FrameKind.Content).Json,
            UsagePlacement.FinishChunk => bodies[^1].Json,
            UsagePlacement.OwnChunk => Envelope(request, chat, "chat.completion.chunk", choice: null),
            UsagePlacement.OwnChunkIfAsked when request.WantsStreamedUsage => Envelope(request, chat, "chat.completion.chunk", choice: null),
            _ => null,
        };
        if (request.WantsStreamedUsage && chat.UsagePlacement == UsagePlacement.OwnChunkIfAsked)
            bodies.ForEach(body => body.Json["usage"] = null);
        if (reporter is null)
            return null;
        reporter["usage"] = Usage(chat.Usage!);
        if (chat.UsagePlacement is UsagePlacement.OwnChunk or UsagePlacement.OwnChunkIfAsked)
            bodies.Add((FrameKind.Envelope, reporter));
        return reporter;
    }

    private static JsonObject Chunk(UpstreamRequest request, ChatContent chat, JsonObject delta, string? finishReason = null) =>
        Envelope(request, chat, "chat.completion.chunk",
            new JsonObject { ["index"] = 0, ["delta"] = delta, ["logprobs"] = null, ["finish_reason"] = finishReason });

    private static JsonObject Envelope(UpstreamRequest request, ChatContent chat, string kind, JsonObject? choice) => new()
    {
        ["id"] = $"chatcmpl-{request.Number}",
        ["object"] = kind,
        ["created"] = Created,
        ["model"] = chat.Model ?? request.Model,
        ["system_fingerprint"] = "fp_fake",
        ["choices"] = choice is null ? [] : new JsonArray(choice),
    };

    private static JsonObject ToolCall(ToolCallReply call, string arguments) => new()
    {
        ["id"] = call.Id,
        ["type"] = "function",
        ["function"] = new JsonObject { ["name"] = call.Name, ["arguments"] = arguments },
    };

    private static JsonObject Usage(UpstreamUsage usage)
    {
        var json = new JsonObject
        {
            ["prompt_tokens"] = usage.PromptTokens,
            ["completion_tokens"] = usage.CompletionTokens,
            ["total_tokens"] = usage.TotalTokens,
            ["prompt_tokens_details"] = new JsonObject { ["cached_tokens"] = usage.CachedTokens, ["audio_tokens"] = 0 },
            ["completion_tokens_details"] = new JsonObject { ["reasoning_tokens"] = usage.ReasoningTokens, ["audio_tokens"] = 0 },
        };
        if (usage.ReportedCostUsd is { } cost)
            json["cost"] = cost;
        return json;
    }

    private static bool OpensWithPromptFilter(UpstreamRequest request, ChatContent chat) =>
        chat.OpensWithPromptFilter ?? request.Dialect == Dialect.AzureOpenAi;

    private static JsonNode PromptFilterResults() => JsonNode.Parse("""
        [{"prompt_index":0,"content_filter_results":{"hate":{"filtered":false,"severity":"safe"},"violence":{"filtered":false,"severity":"safe"}}}]
        """)!;
}
