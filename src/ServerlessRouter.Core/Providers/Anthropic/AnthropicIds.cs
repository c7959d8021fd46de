using System.Text.Json;
using ServerlessRouter.Providers.Translation;

namespace ServerlessRouter.Providers.Anthropic;

/// <summary>
/// The vendor's ids. Some gateways send none, or one for several calls, but callers need them: a tool's result names its call, in this turn and in all later ones.
/// </summary>
internal sealed class AnthropicIds
{
    private readonly List<string> _calls = [];

    public static string OfMessage(JsonElement message) => Given(message) ?? $"msg_{Guid.NewGuid():N}";

    /// <summary>The id of the answer's next call, unlike those before it.</summary>
    public string Of(JsonElement call)
    {
        var id = Given(call) is { } given && !_calls.Contains(given) ? given : $"toolu_{Guid.NewGuid():N}";
        _calls.Add(id);
        return id;
    }

    private static string? Given(JsonElement parent) => LooseJson.Text(parent, "id") is { Length: > 0 } id ? id : null;
}
