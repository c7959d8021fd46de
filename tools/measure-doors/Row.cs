using System.Text;
using System.Text.Json;

namespace ServerlessRouter.Tools.MeasureDoors;

/// <summary>One kind of request: the door it comes through, the vendor that answers it, and how the answer comes.</summary>
/// <param name="Door">Path of the door.</param>
/// <param name="Vendor">Path of the vendor's schema.</param>
/// <param name="Form">Whole, or a stream.</param>
internal sealed record Row(string Door, string Vendor, AnswerForm Form)
{
    /// <summary>What the path of a vendor begins with that has a pause behind each event.</summary>
    public const string Slowly = "/slowly";

    private static readonly (string Door, string Vendor)[] Ways =
    [
        (Paths.Chat, Paths.Chat), (Paths.Messages, Paths.Messages), (Paths.Responses, Paths.Responses),
        (Paths.Messages, Paths.Chat), (Paths.Responses, Paths.Chat), (Paths.Chat, Paths.Messages), (Paths.Chat, Paths.Responses),
    ];

    /// <summary>Every way in every form.</summary>
    public static IReadOnlyList<Row> All { get; } = [.. from form in Enum.GetValues<AnswerForm>() from way in Ways select new Row(way.Door, way.Vendor, form)];

    /// <summary>The row that this one is compared with.</summary>
    public Row Base => new(Paths.Chat, Paths.Chat, Form);

    /// <summary>Door and vendor.</summary>
    public string Way => $"{Of(Door)} to {Of(Vendor)}";

    public string Name => $"{Way}, {Form switch { AnswerForm.Whole => "whole", AnswerForm.Stream => "stream", _ => "slow stream" }}";

    /// <summary>The route that this vendor answers.</summary>
    public string Route => (Form == AnswerForm.SlowStream ? "slow-" : "") + Of(Vendor);

    public string Body => JsonSerializer.Serialize(new Dictionary<string, object>
    {
        ["model"] = Route,
        [Door == Paths.Responses ? "input" : "messages"] = new[] { new { role = "user", content = "Tell me in two hundred words how a river looks in the evening." } },
        [Door switch { Paths.Chat => "max_completion_tokens", Paths.Messages => "max_tokens", _ => "max_output_tokens" }] = 1024,
        ["stream"] = Form != AnswerForm.Whole,
    });

    /// <summary>The router's configuration for all rows.</summary>
    public static byte[] Configuration(int port)
    {
        static object Model(string provider, bool isResponses) => new
        {
            price = new { inputPerMillion = 0.25, outputPerMillion = 2.0 },
            contextWindow = 400000,
            capabilities = new[] { "tools", "json_schema" },
            quality = new Dictionary<string, double> { ["default"] = 0.7 },
            deployments = new object[] { isResponses ? new { provider, name = "gpt-5.4-mini", responses = true } : new { provider, name = "gpt-5.4-mini" } },
        };

        var (providers, models, routes) = (new Dictionary<string, object>(), new Dictionary<string, object>(), new Dictionary<string, object>());
        foreach (var (prefix, pace) in (ReadOnlySpan<(string, string)>)[("", ""), ("slow-", Slowly)])
        {
            foreach (var schema in (ReadOnlySpan<string>)["chat", "messages", "responses"])
            {
                var name = prefix + schema;
                providers[name] = new { kind = schema == "messages" ? "anthropic" : "openai", endpoint = $"http://127.0.0.1:{port}{pace}/v1/", credential = "env:VENDOR_KEY" };
                models["model-" + name] = Model(name, schema == "responses");
                routes[name] = new { candidates = new[] { "model-" + name } };
            }
        }

        return JsonSerializer.SerializeToUtf8Bytes(new { providers, models, routes });
    }

    /// <summary>What is wrong with an answer; null where all of its text came.</summary>
    public string? Fault(string answer)
    {
        if (Form == AnswerForm.Whole)
            return answer.Contains(Answers.Text, StringComparison.Ordinal) ? null : answer;
        var text = new StringBuilder();
        foreach (var line in answer.Split('\n').Where(static line => line.StartsWith("data: {", StringComparison.Ordinal)))
        {
            using var data = JsonDocument.Parse(line["data: ".Length..]);
            text.Append(Piece(data.RootElement));
        }

        return text.ToString() == Answers.Text ? null : answer;
    }

    private string? Piece(JsonElement data)
    {
        if (Door == Paths.Chat)
            return data.GetProperty("choices") is { } choices && choices.GetArrayLength() > 0 && choices[0].GetProperty("delta").TryGetProperty("content", out var content) ? content.GetString() : null;
        if (!data.GetProperty("type").ValueEquals(Door == Paths.Messages ? "content_block_delta" : "response.output_text.delta"))
            return null;
        return Door == Paths.Messages ? data.GetProperty("delta").GetProperty("text").GetString() : data.GetProperty("delta").GetString();
    }

    private static string Of(string path) => path switch { Paths.Chat => "chat", Paths.Messages => "messages", _ => "responses" };
}

/// <summary>How an answer comes.</summary>
internal enum AnswerForm
{
    Whole,

    /// <summary>All pieces at once, so that the work on each is seen.</summary>
    Stream,

    /// <summary>A pause behind each piece, so that each is a read and a write of its own.</summary>
    SlowStream,
}
