using System.Collections.Immutable;

namespace ServerlessRouter.Domain;

/// <summary>What a model can do, and what a request may need.</summary>
[Flags]
public enum Capabilities
{
    None = 0,

    /// <summary>Function calling.</summary>
    Tools = 1,

    /// <summary>Images in the prompt.</summary>
    Vision = 2,

    /// <summary><c>response_format: json_schema</c>.</summary>
    JsonSchema = 4,

    /// <summary><c>response_format: json_object</c>.</summary>
    JsonObject = 8,

    /// <summary>Audio in the prompt or the answer.</summary>
    Audio = 16,

    /// <summary>Files (PDF) in the prompt.</summary>
    Files = 32,

    /// <summary>Reasoning before the answer (<c>reasoning_effort</c>).</summary>
    Reasoning = 64,

    /// <summary>Log probabilities of the answer's tokens.</summary>
    Logprobs = 128,

    /// <summary>Answers in pieces; every model does unless its configuration says otherwise.</summary>
    Streaming = 256,

    /// <summary>Turns texts into vectors; a model that does so answers no chat.</summary>
    Embeddings = 512,

    /// <summary>What tunes an answer and leaves its form: a model without it answers all the same, and is not sent the parameters.</summary>
    Tuning = Reasoning | Logprobs,
}

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
