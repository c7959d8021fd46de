using System.Text.Json;

namespace ServerlessRouter.Checks.Schema;

/// <summary>Follows a reference inside a schema: <c>#</c>, or a JSON Pointer (RFC 6901) behind it.</summary>
internal static class SchemaPointer
{
    /// <summary>Null where it leads nowhere, or out of the document.</summary>
    public static JsonElement? Find(JsonElement root, string reference)
    {
        if (reference == "#")
            return root;
        if (!reference.StartsWith("#/", StringComparison.Ordinal))
            return null;
        var found = root;
        foreach (var step in reference[2..].Split('/'))
        {
            var name = Uri.UnescapeDataString(step).Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            if (found.ValueKind == JsonValueKind.Object && found.TryGetProperty(name, out var member))
                found = member;
            else if (found.ValueKind == JsonValueKind.Array && int.TryParse(name, out var place) && place >= 0 && place < found.GetArrayLength())
                found = found[place];
            else
                return null;
        }

        return found;
    }
}
