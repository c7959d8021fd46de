using System.Collections.Immutable;

namespace ServerlessRouter.Testing.Upstreams;

/// <summary>A chat answer; a stream sends each of <see cref="Pieces"/> as a chunk, a plain answer joins them.</summary>
internal sealed record ChatContent : ReplyContent
{
    public ImmutableArray<string> Pieces { get; init; } = [];

    public ImmutableArray<ToolCallReply> ToolCalls { get; init; } = [];

    public string? Refusal { get; init; }

    /// <summary>In OpenAI's words; null says what fits the content.</summary>
    public string? FinishReason { get; init; }

    /// <summary>Whether a stream says why it finished.</summary>
    public bool SendsFinish { get; init; } = true;

    /// <summary>Whether a stream sends its end marker.</summary>
    public bool SendsEnd { get; init; } = true;

    /// <summary>The name the answer gives its model; null repeats the one asked for.</summary>
    public string? Model { get; init; }

    /// <summary>Null counts the words of the request and the answer.</summary>
    public UpstreamUsage? Usage { get; init; }

    public UsagePlacement UsagePlacement { get; init; }

    /// <summary>Whether a stream opens with Azure's chunk without choices; null: on Azure's paths.</summary>
    public bool? OpensWithPromptFilter { get; init; }

    /// <summary>An error inside a 200, after that many chunks.</summary>
    public (int AfterChunk, ErrorContent Error)? ErrorInside { get; init; }

    public string Text => string.Concat(Pieces);

    public string FinishReasonOrFitting => FinishReason ?? (ToolCalls.IsEmpty ? "stop" : "tool_calls");
}
