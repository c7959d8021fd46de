using System.Text.Json.Nodes;
using ServerlessRouter.Core.Tests.Providers.Anthropic;
using ServerlessRouter.Testing.Chance;
using Xunit;

namespace ServerlessRouter.Core.Tests.Doors.Messages;

/// <summary>A request of Anthropic's that is read as a chat request and goes up to Anthropic says the same: the door is the mapper's inverse.</summary>
public sealed class MessagesRoundTripTests
{
    [Fact]
    public void Read_AndMappedBack_SaysTheSame()
    {
        for (var seed = 0; seed < 400; seed++)
        {
            var request = new GeneratedRequest(seed).Write();
            var chat = MessagesChat.Read(request.ToJsonString());
            var back = Translation.Of(chat.ToJsonString(), seed % 2 == 0 ? Translation.Sonnet45 : Translation.Opus48);

            Assert.Null(back.RefusedParam);
            Assert.Equal(Normal(request), Normal(back.Sent));
        }
    }

    /// <summary>What does not differ to Anthropic is written the same way, with the members in one order.</summary>
    private static string Normal(JsonNode request)
    {
        var copy = request.DeepClone().AsObject();
        copy.Remove("model");
        if (copy["system"] is { } system)
            copy["system"] = Blocks(system);
        foreach (var message in copy["messages"]!.AsArray())
            message!["content"] = Blocks(message["content"]!);
        foreach (var tool in copy["tools"]?.AsArray() ?? [])
            tool!.AsObject().Remove("type");
        return Sorted(copy)!.ToJsonString();
    }

    private static JsonArray Blocks(JsonNode content)
    {
        if (content is JsonValue text)
            return [new JsonObject { ["type"] = "text", ["text"] = (string)text! }];
        var blocks = new JsonArray();
        foreach (var block in content.AsArray())
        {
            var copy = block!.DeepClone().AsObject();
            if ((string)copy["type"]! == "tool_result")
                copy["content"] = Blocks(copy["content"]!);
            // Texts of one turn that follow each other are one.
            if (blocks is [.., JsonObject last] && IsBareText(last) && IsBareText(copy))
                last["text"] = (string)last["text"]! + (string)copy["text"]!;
            else
                blocks.Add(copy);
        }

        return blocks;
    }

    private static bool IsBareText(JsonObject block) => (string)block["type"]! == "text" && block["cache_control"] is null;

    private static JsonNode? Sorted(JsonNode? node) => node switch
    {
        JsonObject members => new JsonObject(members.OrderBy(static member => member.Key, StringComparer.Ordinal).Select(static member => KeyValuePair.Create(member.Key, Sorted(member.Value)))),
        JsonArray list => new JsonArray([.. list.Select(Sorted)]),
        _ => node?.DeepClone(),
    };

    /// <summary>A request of any shape that Anthropic takes, the same for the same seed. Even seeds are for a model that samples, odd ones for one that thinks adaptively.</summary>
    private sealed class GeneratedRequest(int seed)
    {
        private static readonly string[] Texts = ["a", "héllo \"x\"\n", "😀", "{}", "line\r\n\tend.", "\\u0041 \\", "longer text that goes on and on"];

        private readonly SeededRandomSource _random = new(seed);
        private int _marks = 4;
        private int _calls;

        private bool Thinks => seed % 2 == 1;

        public JsonObject Write()
        {
            var request = new JsonObject { ["model"] = "m", ["max_tokens"] = 1 + _random.Next(9999) };
            if (OneIn(2))
                request["tools"] = Tools();
            if (OneIn(2))
                request["system"] = OneIn(2) ? Text() : new JsonArray([.. Some(3, () => (JsonNode)TextBlock())]);
            request["messages"] = Messages(request["tools"] is not null);
            AddOptions(request);
            return request;
        }

        private void AddOptions(JsonObject request)
        {
            if (request["tools"] is not null && OneIn(2))
                request["tool_choice"] = Thinks ? new JsonObject { ["type"] = Pick("auto", "none") } : Choice();
            if (Thinks)
            {
                request["thinking"] = new JsonObject { ["type"] = "adaptive" };
                request["output_config"] = new JsonObject { ["effort"] = Pick("low", "medium", "high", "xhigh", "max") };
            }
            else if (OneIn(2))
            {
                request["temperature"] = Pick("0", "0.5", "1") switch { "0" => 0, "1" => 1, _ => 0.5 };
                request["top_k"] = 5;
            }
            else
            {
                request["top_p"] = 0.25;
            }

            if (OneIn(3))
                request["stop_sequences"] = new JsonArray("END", "a\nb");
            if (OneIn(3))
                request["metadata"] = new JsonObject { ["user_id"] = "user_1" };
            if (OneIn(3))
                request["service_tier"] = Pick("auto", "standard_only");
            if (OneIn(3))
                request["stream"] = true;
            if (OneIn(5))
                request["mcp_servers"] = new JsonArray(new JsonObject { ["type"] = "url", ["url"] = "https://m", ["name"] = "m" });
            if (OneIn(5))
                request["container"] = "c_1";
            if (OneIn(5))
                request["context_management"] = new JsonObject { ["edits"] = new JsonArray() };
        }

        private JsonArray Tools() => OneIn(4)
            ? [Tool("t"), new JsonObject { ["type"] = "web_search_20250305", ["name"] = "web_search", ["max_uses"] = 3 }]
            : [Tool("t"), Tool("u")];

        private JsonObject Tool(string name)
        {
            var tool = new JsonObject { ["name"] = name };
            if (OneIn(2))
                tool["description"] = Text();
            tool["input_schema"] = new JsonObject { ["type"] = "object", ["properties"] = new JsonObject { ["p"] = new JsonObject { ["type"] = "string" } }, ["required"] = new JsonArray("p") };
            if (OneIn(4))
                tool["defer_loading"] = true;
            return Marked(tool);
        }

        private JsonObject Choice()
        {
            var choice = Pick("auto", "any", "tool") switch { "tool" => new JsonObject { ["type"] = "tool", ["name"] = "t" }, var type => new JsonObject { ["type"] = type } };
            if (OneIn(2))
                choice["disable_parallel_tool_use"] = true;
            return choice;
        }

        private JsonArray Messages(bool hasTools)
        {
            var messages = new JsonArray(User([]));
            for (var left = _random.Next(4); left > 0; left--)
            {
                var calls = hasTools ? Some(3, () => Call(), min: 0) : [];
                messages.Add(new JsonObject { ["role"] = "assistant", ["content"] = Assistant(calls) });
                messages.Add(User(calls));
            }

            return messages;
        }

        private JsonNode Assistant(List<JsonObject> calls)
        {
            if (calls.Count == 0 && OneIn(3))
                return Text();
            var blocks = new JsonArray();
            if (OneIn(3) || Thinks)
                blocks.Add(new JsonObject { ["type"] = "thinking", ["thinking"] = Text(), ["signature"] = $"sig+/{_random.Next(100)}=" });
            if (OneIn(5))
                blocks.Add(new JsonObject { ["type"] = "redacted_thinking", ["data"] = $"data+/{_random.Next(100)}=" });
            if (OneIn(6))
            {
                var id = $"srvtoolu_{_calls++}";
                blocks.Add(new JsonObject { ["type"] = "server_tool_use", ["id"] = id, ["name"] = "web_search", ["input"] = new JsonObject { ["query"] = Text() } });
                blocks.Add(new JsonObject { ["type"] = "web_search_tool_result", ["tool_use_id"] = id, ["content"] = new JsonArray() });
            }

            foreach (var text in Some(2, TextBlock, min: calls.Count == 0 ? 1 : 0))
                blocks.Add(text);
            foreach (var call in calls)
                blocks.Add(call.DeepClone());
            return blocks;
        }

        private JsonObject Call() => Marked(new JsonObject
        {
            ["type"] = "tool_use", ["id"] = $"toolu_{_calls++}", ["name"] = Pick("t", "u"),
            ["input"] = OneIn(3) ? new JsonObject() : new JsonObject { ["p"] = Text(), ["n"] = new JsonArray(1, 2.5, null, new JsonObject { ["x"] = true }) },
        });

        private JsonObject User(List<JsonObject> calls)
        {
            if (calls.Count == 0 && OneIn(3))
                return new JsonObject { ["role"] = "user", ["content"] = Text() };
            var blocks = new JsonArray();
            foreach (var call in calls)
                blocks.Add(Result((string)call["id"]!));
            foreach (var block in Some(3, UserBlock, min: calls.Count == 0 ? 1 : 0))
                blocks.Add(block);
            return new JsonObject { ["role"] = "user", ["content"] = blocks };
        }

        private JsonObject Result(string id)
        {
            var result = new JsonObject { ["type"] = "tool_result", ["tool_use_id"] = id };
            var isError = OneIn(4);
            result["content"] = OneIn(2) ? Text() : isError ? new JsonArray(TextBlock()) : new JsonArray([.. Some(3, () => (JsonNode)UserBlock())]);
            if (isError)
                result["is_error"] = true;
            return Marked(result);
        }

        private JsonObject UserBlock() => _random.Next(7) switch
        {
            0 => Marked(new JsonObject { ["type"] = "image", ["source"] = new JsonObject { ["type"] = "base64", ["media_type"] = "image/png", ["data"] = "iVBORw0KGgo=" } }),
            1 => Marked(new JsonObject { ["type"] = "image", ["source"] = new JsonObject { ["type"] = "url", ["url"] = "https://a/b.png" } }),
            2 => Marked(new JsonObject { ["type"] = "document", ["source"] = new JsonObject { ["type"] = "base64", ["media_type"] = "application/pdf", ["data"] = "JVBERi0x" }, ["title"] = "T", ["context"] = "c", ["citations"] = new JsonObject { ["enabled"] = true } }),
            3 => Marked(new JsonObject { ["type"] = "document", ["source"] = new JsonObject { ["type"] = "text", ["media_type"] = "text/plain", ["data"] = Text() } }),
            4 => new JsonObject { ["type"] = "search_result", ["source"] = "s", ["title"] = "t", ["content"] = new JsonArray(new JsonObject { ["type"] = "text", ["text"] = Text() }) },
            _ => TextBlock(),
        };

        private JsonObject TextBlock() => Marked(new JsonObject { ["type"] = "text", ["text"] = Text() });

        /// <summary>With a mark of the prompt cache, of which Anthropic takes four.</summary>
        private JsonObject Marked(JsonObject block)
        {
            if (_marks > 0 && OneIn(8))
            {
                _marks--;
                block["cache_control"] = new JsonObject { ["type"] = "ephemeral" };
            }

            return block;
        }

        private List<T> Some<T>(int max, Func<T> make, int min = 1) => [.. Enumerable.Range(0, min + _random.Next(max - min + 1)).Select(_ => make())];

        private string Text() => Texts[_random.Next(Texts.Length)];

        private string Pick(params string[] choices) => choices[_random.Next(choices.Length)];

        private bool OneIn(int chances) => _random.Next(chances) == 0;
    }
}
