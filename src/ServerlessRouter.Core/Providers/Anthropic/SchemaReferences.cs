using System.Text.Json;
using ServerlessRouter.Providers.Translation;

namespace ServerlessRouter.Providers.Anthropic;

/// <summary>Follows <c>$ref</c> inside one JSON schema.</summary>
internal static class SchemaReferences
{
    /// <summary>What a reference as <c>#/$defs/Name</c> points at; undefined when it points at nothing in this document.</summary>
    public static JsonElement Find(JsonElement root, string reference)
    {
        if (!reference.StartsWith('#'))
            return default;
        var found = root;
        foreach (var part in reference[1..].Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            var name = Uri.UnescapeDataString(part).Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            found = found.ValueKind == JsonValueKind.Array && int.TryParse(name, out var place) && place >= 0 && place < found.GetArrayLength() ? found[place] : LooseJson.Member(found, name);
        }

        return found;
    }
}
