using System.Text.Json;

namespace ServerlessRouter.Providers.Translation;

/// <summary>Tells an <c>error</c> that says something from one that is there for form's sake.</summary>
internal static class ErrorValue
{
    private const int MaxDepth = 4;

    /// <summary>Whether the value of an <c>error</c> member says that something failed; null, false, blank texts, zeros and objects of nothing else do not.</summary>
    public static bool Speaks(JsonElement error, int depth = 0) => error.ValueKind switch
    {
        JsonValueKind.String => !string.IsNullOrWhiteSpace(LooseJson.String(error)),
        JsonValueKind.Number => !error.TryGetDouble(out var code) || code != 0,
        JsonValueKind.True => true,
        JsonValueKind.Object => depth < MaxDepth && error.EnumerateObject().Any(member => Speaks(member.Value, depth + 1)),
        JsonValueKind.Array => depth < MaxDepth && error.EnumerateArray().Any(item => Speaks(item, depth + 1)),
        _ => false,
    };
}
