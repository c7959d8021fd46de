using System.Collections.Immutable;

namespace ServerlessRouter.Domain;

/// <summary>The names of <see cref="Capabilities"/> in configuration, explanations and <c>/v1/models</c>.</summary>
public static class CapabilityNames
{
    private static readonly ImmutableArray<(string Name, Capabilities Value)> Table =
    [
        ("tools", Capabilities.Tools), ("vision", Capabilities.Vision), ("json_schema", Capabilities.JsonSchema), ("json_object", Capabilities.JsonObject),
        ("audio", Capabilities.Audio), ("files", Capabilities.Files), ("reasoning", Capabilities.Reasoning), ("logprobs", Capabilities.Logprobs),
        ("streaming", Capabilities.Streaming), ("embeddings", Capabilities.Embeddings),
    ];

    /// <summary>All names.</summary>
    public static IEnumerable<string> All => Table.Select(static row => row.Name);

    /// <summary>The names of the set flags.</summary>
    public static IEnumerable<string> Of(Capabilities capabilities) =>
        Table.Where(row => capabilities.HasFlag(row.Value)).Select(static row => row.Name);

    /// <summary>The flag a name stands for; false when there is none.</summary>
    public static bool TryParse(string name, out Capabilities capability)
    {
        foreach (var (known, value) in Table)
        {
            if (known == name)
            {
                capability = value;
                return true;
            }
        }

        capability = Capabilities.None;
        return false;
    }
}
