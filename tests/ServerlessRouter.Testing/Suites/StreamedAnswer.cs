using System.Text.Json.Nodes;
using ServerlessRouter.Chat;
using ServerlessRouter.Domain;
using ServerlessRouter.Errors;
using ServerlessRouter.Testing.Wire;

namespace ServerlessRouter.Testing.Suites;

/// <summary>A stream read to its end, as a caller would see it.</summary>
public sealed record StreamedAnswer(IReadOnlyList<JsonNode> Chunks, TokenUsage? Usage, string? FinishReason, AttemptFailure? Failure, bool HasContent, JsonNode? UsageChunk)
{
    public string Content => Join(delta => (string?)delta["content"]);

    public string Reasoning => Join(delta => (string?)delta["reasoning_content"]);

    /// <summary>The arguments of each tool call, in order of their index, after its name.</summary>
    public IReadOnlyList<(string Name, string Arguments)> ToolCalls => [.. Deltas
        .SelectMany(delta => delta["tool_calls"]?.AsArray() ?? [])
        .GroupBy(call => (int)call!["index"]!)
        .OrderBy(calls => calls.Key)
        .Select(calls => (
            string.Concat(calls.Select(call => (string?)call!["function"]?["name"])), string.Concat(calls.Select(call => (string?)call!["function"]?["arguments"]))))];

    private IEnumerable<JsonNode> Deltas => Chunks.SelectMany(chunk => chunk["choices"]!.AsArray()).Select(choice => choice!["delta"]!);

    /// <summary>Reads and disposes a stream; fails if a batch is not whole events.</summary>
    public static async Task<StreamedAnswer> ReadAsync(ChatStream stream, CancellationToken cancellationToken = default)
    {
        await using (stream)
        {
            var chunks = new List<JsonNode>();
            while (await stream.ReadAsync(cancellationToken))
            {
                // A sign of life and nothing for the caller.
                if (stream.Batch.IsEmpty)
                    continue;
                await using var reader = new SseReader(new MemoryStream(stream.Batch.ToArray()));
                foreach (var item in await reader.ReadAllAsync(cancellationToken))
                    chunks.Add(JsonNode.Parse(item.Data!)!);
            }

            var usageChunk = stream.UsageChunk.IsEmpty ? null : JsonNode.Parse(stream.UsageChunk.Span);
            return new StreamedAnswer(chunks, stream.Usage, stream.FinishReason, stream.Failure, stream.HasContent, usageChunk);
        }
    }

    private string Join(Func<JsonNode, string?> part) => string.Concat(Deltas.Select(part));
}
