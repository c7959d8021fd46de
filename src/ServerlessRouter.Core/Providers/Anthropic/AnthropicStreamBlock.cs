using ServerlessRouter.Providers.Translation;

namespace ServerlessRouter.Providers.Anthropic;

/// <summary>One content block of a stream.</summary>
/// <param name="kind">What it is.</param>
/// <param name="index">The vendor's number of it, by which deltas name it.</param>
/// <param name="place">Its place among the answer's blocks of its kind, where those have places.</param>
internal sealed class AnthropicStreamBlock(AnthropicBlockKind kind, int index, int place)
{
    private SplitCharacter _split;
    private bool _hasBegun;
    private string? _givenSignature;
    private string? _signature;
    private List<AnthropicCitation>? _citations;

    public AnthropicBlockKind Kind { get; } = kind;

    public int Index { get; } = index;

    public int Place { get; } = place;

    /// <summary>The call a <see cref="AnthropicBlockKind.ToolUse"/> block makes.</summary>
    public AnthropicCall? Call { get; init; }

    /// <summary>Where a text block begins in the content.</summary>
    public int Start { get; init; }

    public bool HoldsCitations => _citations is not null;

    /// <summary>Nothing of the block has been written yet; asked once for each piece.</summary>
    public bool BeginsNow()
    {
        var begins = !_hasBegun;
        _hasBegun = true;
        return begins;
    }

    /// <summary>A piece of the block's text, with whole characters.</summary>
    public string Join(string piece) => _split.Join(piece);

    /// <summary>What is left of a character that never became whole.</summary>
    public string EndText() => _split.End();

    /// <summary>The signature a block began with; one that comes in a delta takes its place.</summary>
    public void GiveSignature(string? signature) => _givenSignature = signature;

    /// <summary>The signature it began with, where no other has been told.</summary>
    public string? GivenSignature => _signature is null ? _givenSignature : null;

    /// <summary>Takes a signature; false where it is told again.</summary>
    public bool IsSignedBy(string signature)
    {
        var isNew = _signature != signature;
        _signature = signature;
        return isNew;
    }

    /// <summary>Keeps a citation until the end of the text that rests on it is known.</summary>
    public void Cite(AnthropicCitation citation) => (_citations ??= []).Add(citation);

    public List<AnthropicCitation> TakeCitations(int end)
    {
        var citations = _citations!.ConvertAll(citation => citation with { End = end });
        _citations = null;
        return citations;
    }
}
