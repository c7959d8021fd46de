using System.Text.Json.Nodes;
using Xunit;

namespace ServerlessRouter.Core.Tests.Doors.Responses;

/// <summary>
/// The events of a stream, put together as the accumulators of OpenAI's clients do, and refused where they would throw or lose something: named twice alike, counted from 0 without a gap, created
/// first, each item and part added before its pieces and done once with what its pieces came to, and at last the whole response with every item.
/// </summary>
internal sealed class ResponseEventLog
{
    private readonly List<JsonNode> _events = [];
    private readonly List<JsonNode> _items = [];
    private readonly HashSet<int> _done = [];
    private readonly HashSet<string> _partsDone = [];

    public IReadOnlyList<string> Types => [.. _events.Select(static item => (string)item["type"]!)];

    public JsonNode Last => _events[^1];

    /// <summary>The response that the last event tells.</summary>
    public JsonNode Response => Last["response"]!;

    public IReadOnlyList<JsonNode> Of(string type) => [.. _events.Where(item => (string)item["type"]! == type)];

    public static ResponseEventLog Read(string text)
    {
        var log = new ResponseEventLog();
        Assert.EndsWith("\n\n", text, StringComparison.Ordinal);
        foreach (var block in text[..^2].Split("\n\n"))
        {
            var lines = block.Split('\n');
            Assert.Equal(2, lines.Length);
            Assert.StartsWith("event: ", lines[0], StringComparison.Ordinal);
            Assert.StartsWith("data: ", lines[1], StringComparison.Ordinal);
            log.Take(lines[0]["event: ".Length..], JsonNode.Parse(lines[1]["data: ".Length..])!);
        }

        return log;
    }

    private void Take(string name, JsonNode data)
    {
        Assert.Equal(name, (string)data["type"]!);
        Assert.Equal(_events.Count, (int)data["sequence_number"]!);
        Assert.True(_events.Count != 0 || name == "response.created", "The first event creates the response.");
        Assert.DoesNotContain(Types, static type => type is "response.completed" or "response.incomplete" or "response.failed");
        _events.Add(data);
        switch (name)
        {
            case "response.created" or "response.in_progress":
                Assert.Equal("in_progress", (string)data["response"]!["status"]!);
                Assert.Empty(data["response"]!["output"]!.AsArray());
                break;
            case "response.output_item.added":
                Assert.Equal(_items.Count, (int)data["output_index"]!);
                Assert.Equal("in_progress", (string)data["item"]!["status"]!);
                _items.Add(data["item"]!.DeepClone());
                break;
            case "response.output_item.done":
                EndItem(data);
                break;
            case "response.completed" or "response.incomplete":
                Assert.Equal(_items.Count, _done.Count);
                Assert.Equal(name["response.".Length..], (string)data["response"]!["status"]!);
                Assert.True(JsonNode.DeepEquals(new JsonArray([.. _items.Select(static item => item.DeepClone())]), data["response"]!["output"]), "The response has every item as it was done.");
                Assert.NotNull(data["response"]!["usage"]);
                break;
            case "response.failed":
                Assert.Equal("failed", (string)data["response"]!["status"]!);
                Assert.NotNull((string)data["response"]!["error"]!["code"]!);
                Assert.NotNull((string)data["response"]!["error"]!["message"]!);
                break;
            default:
                TakePiece(name, data);
                break;
        }
    }

    private JsonNode ItemOf(JsonNode data)
    {
        var index = (int)data["output_index"]!;
        Assert.InRange(index, 0, _items.Count - 1);
        Assert.DoesNotContain(index, _done);
        Assert.Equal((string)_items[index]["id"]!, (string)data["item_id"]!);
        return _items[index];
    }

    private void TakePiece(string name, JsonNode data)
    {
        var item = ItemOf(data);
        switch (name)
        {
            case "response.content_part.added":
                Assert.Equal(item["content"]!.AsArray().Count, (int)data["content_index"]!);
                item["content"]!.AsArray().Add(data["part"]!.DeepClone());
                break;
            case "response.output_text.delta":
                Assert.NotNull(data["logprobs"]!.AsArray());
                Append(PartOf(item, data, "output_text"), "text", data);
                foreach (var logprob in data["logprobs"]!.AsArray())
                    PartOf(item, data, "output_text")["logprobs"]!.AsArray().Add(logprob!.DeepClone());
                break;
            case "response.output_text.annotation.added":
                var annotations = PartOf(item, data, "output_text")["annotations"]!.AsArray();
                Assert.Equal(annotations.Count, (int)data["annotation_index"]!);
                annotations.Add(data["annotation"]!.DeepClone());
                break;
            case "response.output_text.done":
                Assert.NotNull(data["logprobs"]!.AsArray());
                Assert.Equal((string)PartOf(item, data, "output_text")["text"]!, (string)data["text"]!);
                break;
            case "response.refusal.delta":
                Append(PartOf(item, data, "refusal"), "refusal", data);
                break;
            case "response.refusal.done":
                Assert.Equal((string)PartOf(item, data, "refusal")["refusal"]!, (string)data["refusal"]!);
                break;
            case "response.content_part.done":
                Assert.True(_partsDone.Add($"{data["output_index"]}/{data["content_index"]}"));
                Assert.True(JsonNode.DeepEquals(item["content"]![(int)data["content_index"]!], data["part"]));
                break;
            case "response.reasoning_summary_part.added":
                Assert.Equal(item["summary"]!.AsArray().Count, (int)data["summary_index"]!);
                item["summary"]!.AsArray().Add(data["part"]!.DeepClone());
                break;
            case "response.reasoning_summary_text.delta":
                Append(item["summary"]![(int)data["summary_index"]!]!, "text", data);
                break;
            case "response.reasoning_summary_text.done":
                Assert.Equal((string)item["summary"]![(int)data["summary_index"]!]!["text"]!, (string)data["text"]!);
                break;
            case "response.reasoning_summary_part.done":
                Assert.True(JsonNode.DeepEquals(item["summary"]![(int)data["summary_index"]!], data["part"]));
                break;
            case "response.function_call_arguments.delta":
                Append(item, "arguments", data);
                break;
            case "response.function_call_arguments.done":
                Assert.Equal((string)item["name"]!, (string)data["name"]!);
                item["arguments"] = (string)data["arguments"]!;
                break;
            case "response.custom_tool_call_input.delta":
                Append(item, "input", data);
                break;
            case "response.custom_tool_call_input.done":
                Assert.Equal((string)item["input"]!, (string)data["input"]!);
                break;
            default:
                Assert.Fail($"No client knows {name}.");
                break;
        }
    }

    private void EndItem(JsonNode data)
    {
        var index = (int)data["output_index"]!;
        Assert.InRange(index, 0, _items.Count - 1);
        Assert.True(_done.Add(index), "An item is done once.");
        var grown = _items[index];
        var whole = data["item"]!;
        Assert.NotEqual("in_progress", (string)whole["status"]!);
        foreach (var place in Enumerable.Range(0, grown["content"]?.AsArray().Count ?? 0))
            Assert.Contains($"{index}/{place}", _partsDone);
        // What the pieces came to, but for what is known only at the end.
        grown["status"] = (string)whole["status"]!;
        if (whole["encrypted_content"] is { } content)
            grown["encrypted_content"] = content.DeepClone();
        if (whole["result"] is { } result)
            grown["result"] = result.DeepClone();
        Assert.True(JsonNode.DeepEquals(grown, whole), $"The pieces came to\n{grown.ToJsonString()}\nbut the item is\n{whole.ToJsonString()}");
        _items[index] = whole.DeepClone();
    }

    private static JsonNode PartOf(JsonNode item, JsonNode data, string type)
    {
        var parts = item["content"]!.AsArray();
        var index = (int)data["content_index"]!;
        Assert.InRange(index, 0, parts.Count - 1);
        Assert.Equal(type, (string)parts[index]!["type"]!);
        return parts[index]!;
    }

    private static void Append(JsonNode home, string name, JsonNode data) => home[name] = (string)home[name]! + (string)data["delta"]!;
}
