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

    /// <summary>The service tier the call was served in; null where none is told.</summary>
    public string? ServiceTier;

    /// <summary>Where the value of the top-level <c>usage</c> stands, when it counts something.</summary>
    public JsonRange UsageRange;

    /// <summary>The value of an <c>error</c> that says something, at the top or in a choice; empty when there is none.</summary>
    public JsonRange ErrorRange;

    /// <summary>The document itself is an error: it has no choices, and the marks or words of one.</summary>
    public bool IsFlatError;

    /// <summary>Bytes of content, reasoning and tool arguments as written.</summary>
    public long ContentBytes;

    /// <summary>Where the text of a <c>content</c> stands, without its quotes; of several the last.</summary>
    public JsonRange TextRange;

    /// <summary>Where the top-level <c>id</c>, a text, and <c>created</c>, a number, stand.</summary>
    public JsonRange IdRange;
    public JsonRange CreatedRange;

    /// <summary>How often a member is told that an answer has once, of those that say what kind of answer it is.</summary>
    public MemberCounts Told;

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

    /// <summary>It is a piece of one choice's text and no more.</summary>
    public readonly bool IsTextAlone =>
        !TextRange.IsEmpty && ContentBytes == TextRange.Length && Choices.Count == 1 && Finished.IsEmpty && Calling.IsEmpty && CallHeads == 0 && !IsOdd && !IsError && Usage is null;

    /// <summary>It is one whole choice with a text, and tells nothing twice.</summary>
    public readonly bool IsUsual => Told.IsOnce && !TextRange.IsEmpty && !IsOdd && !IsError && Choices.Count == 1 && Choices.Contains(0) && FinishReason is ("stop" or "length");

    /// <summary>It says that the call failed.</summary>
    public readonly bool IsError => IsFailed || IsFlatError || !ErrorRange.IsEmpty;
}

/// <summary>How often members are told.</summary>
internal struct MemberCounts
{
    public int Ids;
    public int Times;
    public int Lists;
    public int Messages;
    public int Texts;
    public int Ends;

    /// <summary>Each is there, an id and a time at most, once.</summary>
    public readonly bool IsOnce => Ids <= 1 && Times <= 1 && (Lists, Messages, Texts, Ends) == (1, 1, 1, 1);
}

/// <summary>The opening of a tool call in a chunk: what it is of, and where its id and name stand.</summary>
internal readonly record struct CallHead(int Choice, int Index, JsonRange Id, JsonRange Name);

/// <summary>Some of an answer's choices, by their index; of indexes that no vendor offers the last stands for all.</summary>
internal readonly record struct ChoiceSet
{
    private const int MaxIndex = 127;

    /// <summary>How many can be told apart.</summary>
    public const int MaxCount = MaxIndex + 1;

    private readonly UInt128 _bits;

    private ChoiceSet(UInt128 bits) => _bits = bits;

    public bool IsEmpty => _bits == UInt128.Zero;

    public int Count => (int)UInt128.PopCount(_bits);

    public ChoiceSet With(int index) => new(_bits | (UInt128.One << Math.Clamp(index, 0, MaxIndex)));

    public bool Contains(int index) => (_bits & (UInt128.One << Math.Clamp(index, 0, MaxIndex))) != UInt128.Zero;

    public static ChoiceSet operator |(ChoiceSet left, ChoiceSet right) => new(left._bits | right._bits);

    /// <summary>Those of <paramref name="left"/> that are not among <paramref name="right"/>.</summary>
    public static ChoiceSet operator -(ChoiceSet left, ChoiceSet right) => new(left._bits & ~right._bits);

    public Enumerator GetEnumerator() => new(_bits);

    /// <summary>From the lowest index to the highest.</summary>
    internal struct Enumerator(UInt128 bits)
    {
        public int Current { get; private set; } = -1;

        public bool MoveNext()
        {
            if (bits == UInt128.Zero)
                return false;
            Current = (int)UInt128.TrailingZeroCount(bits);
            bits &= bits - UInt128.One;
            return true;
        }
    }
}

/// <summary>The two forms of an answer in OpenAI's schema.</summary>
internal enum PayloadForm
{
    /// <summary><c>chat.completion</c>: each choice has a <c>message</c>.</summary>
    Whole,

    /// <summary><c>chat.completion.chunk</c>: each choice has a <c>delta</c>.</summary>
    Chunk,
}
