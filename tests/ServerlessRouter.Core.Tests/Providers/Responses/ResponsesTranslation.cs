using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ServerlessRouter.Chat;
using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
using ServerlessRouter.Json;
using ServerlessRouter.Providers;
using ServerlessRouter.Providers.Responses;
using ServerlessRouter.Providers.Translation;
using ServerlessRouter.Testing.Suites;
using Xunit;

namespace ServerlessRouter.Core.Tests.Providers.Responses;

/// <summary>One request translated for OpenAI's Responses API, and what is told of it.</summary>
internal sealed class ResponsesTranslation
{
    private ResponsesTranslation(JsonNode sent, JsonNode told, string? refusedParam) => (Sent, Told, RefusedParam) = (sent, told, refusedParam);

    public JsonNode Sent { get; }

    /// <summary>The object with <c>adjusted</c> and <c>stripped</c>.</summary>
    public JsonNode Told { get; }

    public string? RefusedParam { get; }

    /// <summary>Of a request with these members; where it has none, its messages are one short one.</summary>
    public static ResponsesTranslation Of(string members, Capabilities capabilities = Capabilities.Reasoning, string? origin = null)
    {
        var messages = members.Contains("\"messages\":", StringComparison.Ordinal) ? "" : "\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],";
        var body = Encoding.UTF8.GetBytes($"{{\"model\":\"m\",{messages}{members[1..]}".Replace(",}", "}", StringComparison.Ordinal));
        SurrogateHalves.Mend(body);
        var adjustments = new RequestAdjustments();
        var notes = new TranslationNotes(adjustments);
        var output = new ArrayBufferWriter<byte>();
        using var document = JsonDocument.Parse(body);
        var model = ProviderAttempts.Model(new ProviderModel { Name = "openai", Kind = ProviderKinds.OpenAI, Credential = new Credential.ApiKey("k") }, capabilities: capabilities);
        new ResponsesRequestWriter(document.RootElement, model, origin, notes).Write(output);
        var told = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(told))
        {
            writer.WriteStartObject();
            adjustments.WriteTo(writer);
            writer.WriteEndObject();
        }

        return new ResponsesTranslation(JsonNode.Parse(output.WrittenSpan)!, JsonNode.Parse(told.WrittenSpan)!, notes.RefusedParam);
    }

    /// <summary>The items that these messages become are those.</summary>
    public static void AssertInput(string messages, string expected, Capabilities capabilities = Capabilities.Reasoning) =>
        Assert.Equal(JsonNode.Parse(expected)!.ToJsonString(), Of($"{{\"messages\":{messages}}}", capabilities).Member("input"));

    /// <summary>A member of what goes up, as JSON; the path's parts are joined by dots.</summary>
    public string? Member(string path)
    {
        JsonNode? found = Sent;
        foreach (var name in path.Split('.'))
            found = found is JsonArray list ? list[int.Parse(name)] : found?[name];
        return found?.ToJsonString();
    }

    /// <summary>What is told of a member as <c>from → to</c>; null for nothing.</summary>
    public string? ToldOf(string param)
    {
        var item = (Told["adjusted"] as JsonArray)?.FirstOrDefault(item => (string?)item!["param"] == param);
        return item is null ? null : $"{item["from"]?.ToJsonString() ?? "null"} → {item["to"]?.ToJsonString() ?? "null"}";
    }
}
