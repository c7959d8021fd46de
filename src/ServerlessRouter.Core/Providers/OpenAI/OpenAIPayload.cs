using ServerlessRouter.Domain;
using ServerlessRouter.Json;

namespace ServerlessRouter.Providers.OpenAI;

/// <summary>What was read from one chunk of a stream, or from a whole answer.</summary>
internal struct OpenAIPayload
{
    /// <summary>The choices it tells of.</summary>
    public ChoiceSet Choices;

    /// <summary>Those that said why they finished.</summary>
    public ChoiceSet Finished;

    /// <summary>Those that call a tool.</summary>
    public ChoiceSet Calling;

    /// <summary>Those that say nothing: no message, delta or text, as whole answers must have.</summary>
    public ChoiceSet Mute;

    /// <summary>Content, reasoning, a tool call or a refusal: what a caller would notice.</summary>
    public bool HasContent;

    /// <summary>The first choice's, or on a chunk that of whichever choice finished.</summary>
    public string? FinishReason;

    /// <summary>A choice finished with <c>error</c>.</summary>
    public bool IsFailed;

    public TokenUsage? Usage;

    /// <summary>Where the value of the top-level <c>usage</c> stands, when it counts something.</summary>
    public JsonRange UsageRange;

    /// <summary>The value of an <c>error</c> that says something, at the top or in a choice; empty when there is none.</summary>
    public JsonRange ErrorRange;

    /// <summary>The document itself is an error: it has no choices, and the marks or words of one.</summary>
    public bool IsFlatError;

    /// <summary>Bytes of content, reasoning and tool arguments as written.</summary>
    public long ContentBytes;

    /// <summary>It departs from OpenAI's schema in a way that trips clients, so it must be mended.</summary>
    public bool IsOdd;

    /// <summary>Tool calls that bring an id or a name.</summary>
    public int CallHeads;

    /// <summary>The last of them.</summary>
    public CallHead CallHead;

    /// <summary>The list of choices is there to its end, if only an empty one.</summary>
    public bool HasWholeList;

    /// <summary>Behind the last of the top-level members that could be read.</summary>
    public int MembersEnd;

    public readonly bool HasChoices => !Choices.IsEmpty;

    /// <summary>It says that the call failed.</summary>
    public readonly bool IsError => IsFailed || IsFlatError || !ErrorRange.IsEmpty;
}
