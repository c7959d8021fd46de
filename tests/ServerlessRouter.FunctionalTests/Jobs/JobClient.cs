using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using ServerlessRouter.Testing;
using Xunit;

namespace ServerlessRouter.FunctionalTests.Jobs;

/// <summary>What a caller does with files, batches and jobs, over HTTP.</summary>
internal sealed class JobClient(HttpClient client, string? key = null)
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(50);

    public static string Line(string customId, string prompt = "Hi", string model = "auto") => new JsonObject
    {
        ["custom_id"] = customId,
        ["method"] = "POST",
        ["url"] = "/v1/chat/completions",
        ["body"] = JsonNode.Parse($$$"""{"model":"{{{model}}}","messages":[{"role":"user","content":"{{{prompt}}}"}]}"""),
    }.ToJsonString();

    public static string[] Lines(int count) => [.. Enumerable.Range(0, count).Select(number => Line($"r-{number}", $"prompt {number}"))];

    public async Task<string> UploadAsync(params string[] lines)
    {
        using var form = new MultipartFormDataContent
        {
            { new StringContent("batch"), "purpose" },
            { new ByteArrayContent(Encoding.UTF8.GetBytes(string.Join('\n', lines))), "file", "requests.jsonl" },
        };
        var (status, file) = await SendAsync(HttpMethod.Post, "v1/files", form);
        Assert.Equal(HttpStatusCode.OK, status);
        return (string)file!["id"]!;
    }

    public async Task<string> CreateBatchAsync(params string[] lines)
    {
        var (status, batch) = await PostAsync("v1/batches", Order(await UploadAsync(lines)));
        Assert.True(status == HttpStatusCode.OK, batch?.ToJsonString());
        return (string)batch!["id"]!;
    }

    public static string Order(string fileId) => $$"""{"input_file_id":"{{fileId}}","endpoint":"/v1/chat/completions","completion_window":"24h"}""";

    /// <summary>Looks at a batch or job until it has ended.</summary>
    public async Task<JsonNode> EndOfAsync(string path)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var (_, found) = await GetAsync(path);
            if ((string?)found!["status"] is "completed" or "failed" or "cancelled" or "expired")
                return found;
            if (TimeProvider.System.GetElapsedTime(since) > Patience.Limit)
                throw new TimeoutException($"Waited {Patience.Limit.TotalSeconds:0} s for the end of {found.ToJsonString()}.");
            await Task.Delay(LookAgain, TimeProvider.System);
        }
    }

    /// <summary>The lines of a file in order.</summary>
    public async Task<List<JsonNode>> ReadAsync(string fileId)
    {
        using var request = Request(HttpMethod.Get, $"v1/files/{fileId}/content");
        using var response = await client.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var text = await response.Content.ReadAsStringAsync();
        return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => JsonNode.Parse(line)!)];
    }

    public Task<(HttpStatusCode Status, JsonNode? Body)> GetAsync(string path) => SendAsync(HttpMethod.Get, path, null);

    public Task<(HttpStatusCode Status, JsonNode? Body)> DeleteAsync(string path) => SendAsync(HttpMethod.Delete, path, null);

    public Task<(HttpStatusCode Status, JsonNode? Body)> PostAsync(string path, string body, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Post, path, new StringContent(body, Encoding.UTF8, "application/json"), headers);

    public async Task<(HttpStatusCode Status, JsonNode? Body)> SendAsync(HttpMethod method, string path, HttpContent? content, params (string Name, string Value)[] headers)
    {
        using var request = Request(method, path);
        request.Content = content;
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        using var response = await client.SendAsync(request);
        return (response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync()));
    }

    public HttpRequestMessage Request(HttpMethod method, string path)
    {
        var request = new HttpRequestMessage(method, path);
        if (key is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return request;
    }
}
