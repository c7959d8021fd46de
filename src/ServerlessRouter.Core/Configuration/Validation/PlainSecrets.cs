using System.Collections.Immutable;
using System.Text.Json;
using ServerlessRouter.Configuration.Secrets;
using ServerlessRouter.Configuration.Written;

namespace ServerlessRouter.Configuration.Validation;

/// <summary>Finds texts of a configuration that look like a vendor's key, wherever they stand: what is stored is kept for good, and every admin can read it.</summary>
internal static class PlainSecrets
{
    private static readonly JsonDocumentOptions Options = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = 64 };

    /// <summary>One error for each; none is repeated.</summary>
    public static ImmutableArray<ConfigurationProblem> Find(ReadOnlyMemory<byte> document)
    {
        var findings = new Findings();
        using var json = JsonDocument.Parse(document.Span.StartsWith("\uFEFF"u8) ? document[3..] : document, Options);
        Look(json.RootElement, "", findings);
        return findings.Errors;
    }

    private static void Look(JsonElement value, string path, Findings findings)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in value.EnumerateObject())
                    Look(member.Value, ConfigPath.Member(path, member.Name), findings);
                break;
            case JsonValueKind.Array:
                var place = 0;
                foreach (var item in value.EnumerateArray())
                    Look(item, ConfigPath.Item(path, place++), findings);
                break;
            case JsonValueKind.String when value.GetString() is { } text && SecretText.Parse(text).Reference is null && Quoted.LooksSecret(text):
                findings.Error(path, $"looks like a secret, and what is stored can be read by every admin for good; write {SecretSchemes.Environment}:NAME or {SecretSchemes.KeyVault}:NAME");
                break;
        }
    }
}
