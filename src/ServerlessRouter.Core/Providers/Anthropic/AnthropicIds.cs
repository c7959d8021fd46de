using System.Text.Json;

namespace ServerlessRouter.Providers.Anthropic;

/// <summary>The vendor's ids. Some gateways send none, but callers need them: a tool's result names its call, in this turn and in all later ones.</summary>
internal static class AnthropicIds
{
    public static string Message(JsonElement message) => Given(message) ?? $"msg_{Guid.NewGuid():N}";

    public static string Call(JsonElement block) => Given(block) ?? $"toolu_{Guid.NewGuid():N}";

    private static string? Given(JsonElement parent) => AnthropicJson.Text(parent, "id") is { Length: > 0 } id ? id : null;
}
