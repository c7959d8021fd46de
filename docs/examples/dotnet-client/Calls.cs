using System.ClientModel;
using System.ClientModel.Primitives;
using System.Text.Json;
using OpenAI.Chat;
using OpenAI.Embeddings;
using OpenAI.Files;
using OpenAI.Responses;

namespace DotnetClient;

/// <summary>What an application asks of the router, each call in a few lines. A route or a model of the router stands where Azure has the name of a deployment.</summary>
internal sealed class Calls(RouterClients clients)
{
    private const string Route = "auto";
    private const string Vectors = "vectors";

    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(200);

    private static readonly ChatTool Weather = ChatTool.CreateFunctionTool(
        "weather", "Tells the weather of a city.", BinaryData.FromString("""{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}"""));

    private ChatClient Chat => clients.Azure.GetChatClient(Route);

    public async Task MakeAllAsync()
    {
        Console.WriteLine($"  plain: {await PlainAsync()}");
        Console.WriteLine($"  streamed: {await StreamedAsync()} pieces");
        Console.WriteLine($"  tool: {await ToolAsync()}");
        Console.WriteLine($"  embedding: {await EmbeddingAsync()} numbers");
        Console.WriteLine($"  response: {await ResponseAsync()}");
        Console.WriteLine($"  batch: {await BatchAsync()} answers");
    }

    private async Task<string> PlainAsync()
    {
        ChatCompletion answer = await Chat.CompleteChatAsync(new UserChatMessage("Say hello."));
        return answer.Content[0].Text;
    }

    private async Task<int> StreamedAsync()
    {
        var pieces = 0;
        await foreach (var update in Chat.CompleteChatStreamingAsync(new UserChatMessage("Count to ten.")))
            pieces += update.ContentUpdate.Count;
        return pieces;
    }

    private async Task<string> ToolAsync()
    {
        List<ChatMessage> conversation = [new UserChatMessage("What is the weather in Oslo?")];
        ChatCompletion asked = await Chat.CompleteChatAsync(conversation, new ChatCompletionOptions { Tools = { Weather }, ToolChoice = ChatToolChoice.CreateRequiredChoice() });
        conversation.Add(new AssistantChatMessage(asked));
        foreach (var call in asked.ToolCalls)
            conversation.Add(new ToolChatMessage(call.Id, "Sunny, 21 degrees."));

        ChatCompletion answer = await Chat.CompleteChatAsync(conversation, new ChatCompletionOptions { Tools = { Weather }, ToolChoice = ChatToolChoice.CreateNoneChoice() });
        return $"{asked.ToolCalls[0].FunctionName}, then {answer.FinishReason}";
    }

    private async Task<int> EmbeddingAsync()
    {
        OpenAIEmbedding embedding = await clients.Azure.GetEmbeddingClient(Vectors).GenerateEmbeddingAsync("a red fox");
        return embedding.ToFloats().Length;
    }

    private async Task<string> ResponseAsync()
    {
        ResponseResult response = await clients.Responses.CreateResponseAsync(Route, "Say hello.");
        return response.GetOutputText();
    }

    private async Task<int> BatchAsync()
    {
        var files = clients.Azure.GetOpenAIFileClient();
        string[] lines = [.. Enumerable.Range(1, 3).Select(static number => JsonSerializer.Serialize(new
        {
            custom_id = $"r-{number}",
            method = "POST",
            url = "/v1/responses",
            body = new { model = Route, input = $"Say {number}." },
        }))];
        OpenAIFile input = await files.UploadFileAsync(BinaryData.FromString(string.Join('\n', lines)), "requests.jsonl", FileUploadPurpose.Batch);
        var order = BinaryData.FromString(JsonSerializer.Serialize(new { input_file_id = input.Id, endpoint = "/v1/responses", completion_window = "24h" }));
        var batch = await clients.Batches.CreateBatchAsync(BinaryContent.Create(order), waitUntilCompleted: false);

        BinaryData output = await files.DownloadFileAsync(await OutputOfAsync(batch.BatchId));
        return output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Length;
    }

    private async Task<string> OutputOfAsync(string batchId)
    {
        while (true)
        {
            var found = await clients.Batches.GetBatchAsync(batchId, new RequestOptions());
            using var batch = JsonDocument.Parse(found.GetRawResponse().Content);
            switch (batch.RootElement.GetProperty("status").GetString())
            {
                case "completed":
                    return batch.RootElement.GetProperty("output_file_id").GetString()!;
                case "failed" or "expired" or "cancelled":
                    throw new InvalidOperationException($"The batch has not been answered: {batch.RootElement}");
                default:
                    await Task.Delay(LookAgain, TimeProvider.System);
                    break;
            }
        }
    }
}
