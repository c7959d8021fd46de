using System.Collections.Immutable;

namespace ServerlessRouter.Domain;

/// <summary>What kind of work a request asks for.</summary>
public enum TaskKind
{
    Code,
    Math,
    FactualQa,
    Reasoning,
    Creative,
    Summarization,
    Translation,

    /// <summary>Finding or answering something from a text that is given.</summary>
    Extraction,
    Classification,

    /// <summary>Small talk.</summary>
    Chat,
}

/// <summary>The wire names of the task kinds, as configuration, headers and answers write them.</summary>
public static class TaskKinds
{
    public const int Count = 10;

    private static readonly ImmutableArray<string> Names =
    [
        "code", "math", "factual_qa", "reasoning", "creative", "summarization", "translation", "extraction", "classification", "chat",
    ];

    /// <summary>All wire names, in the order of the enum.</summary>
    public static ReadOnlySpan<string> WireNames => Names.AsSpan();

    public static string ToWireName(this TaskKind kind) => Names[(int)kind];

    /// <summary>The kind a wire name stands for; false when there is none.</summary>
    public static bool TryParse(ReadOnlySpan<char> wireName, out TaskKind kind)
    {
        for (var place = 0; place < Names.Length; place++)
        {
            if (wireName.SequenceEqual(Names[place]))
            {
                kind = (TaskKind)place;
                return true;
            }
        }

        kind = default;
        return false;
    }
}
