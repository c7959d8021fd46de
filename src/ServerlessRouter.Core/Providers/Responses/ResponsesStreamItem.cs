using System.Text;
using ServerlessRouter.Providers.Translation;

namespace ServerlessRouter.Providers.Responses;

/// <summary>One output item of a stream.</summary>
/// <param name="kind">What it is.</param>
/// <param name="index">The vendor's number of it; negative where it tells none.</param>
/// <param name="id">The vendor's name of it, which some gateways make up anew for every event.</param>
internal sealed class ResponsesStreamItem(ResponsesItemKind kind, int index, string? id)
{
    private readonly List<ResponsesStreamText> _texts = [];

    public ResponsesItemKind Kind { get; } = kind;

    public int Index { get; } = index;

    public string? Id { get; } = id;

    /// <summary>The vendor has said that nothing more of it comes.</summary>
    public bool IsDone { get; set; }

    /// <summary>Its encrypted reasoning, or the item itself, has been passed on.</summary>
    public bool IsPassedOn { get; set; }

    /// <summary>Its place among the answer's calls.</summary>
    public int Place { get; set; }

    /// <summary>Of a call: what its result names it by; null until it is told.</summary>
    public string? CallId { get; set; }

    /// <summary>Of a call: the tool's name; null until it is told.</summary>
    public string? Name { get; set; }

    /// <summary>Of a call: the caller knows of it.</summary>
    public bool IsOpened { get; set; }

    /// <summary>Of a call: arguments that came with its beginning. They count where no others come: most gateways that send them there send them again.</summary>
    public string? GivenArguments { get; set; }

    /// <summary>Of a call: arguments that came before its name.</summary>
    public StringBuilder Waiting { get; } = new();

    /// <summary>The response that ends the stream has it.</summary>
    public bool IsInResponse { get; set; }

    /// <summary>Sources that have been passed on.</summary>
    public int Annotations { get; set; }

    /// <summary>The text of this kind and number in the item, begun where it is not known.</summary>
    public ResponsesStreamText TextAt(ResponsesTextKind textKind, int number)
    {
        foreach (var text in _texts)
        {
            if (text.Kind == textKind && text.Number == number)
                return text;
        }

        var begun = new ResponsesStreamText(textKind, number);
        _texts.Add(begun);
        return begun;
    }

    public IReadOnlyList<ResponsesStreamText> Texts => _texts;
}

/// <summary>What a text of an item is.</summary>
internal enum ResponsesTextKind
{
    Content,
    Refusal,
    Summary,
    Reasoning,

    /// <summary>Arguments of a function, or the input of a custom tool.</summary>
    Arguments,
}

/// <summary>One text of an item, as far as it has come.</summary>
internal sealed class ResponsesStreamText(ResponsesTextKind kind, int number)
{
    private readonly StringBuilder _taken = new();
    private SplitCharacter _split;

    public ResponsesTextKind Kind { get; } = kind;

    public int Number { get; } = number;

    /// <summary>Where it begins in the answer's content, once it has begun.</summary>
    public int? Start { get; set; }

    /// <summary>The place of its entry among those of reasoning, once it has begun.</summary>
    public int? Place { get; set; }

    public bool IsEmpty => _taken.Length == 0;

    /// <summary>Takes the next piece. Answers with what can be passed on: whole characters.</summary>
    public string Take(string piece)
    {
        _taken.Append(piece);
        return _split.Join(piece);
    }

    /// <summary>Takes the whole text at its end. Answers with what had not come in pieces; nothing where it is another text than the pieces'.</summary>
    public string TakeWhole(string whole)
    {
        if (whole.Length <= _taken.Length || !_taken.Equals(whole.AsSpan(0, _taken.Length)))
            return "";
        return Take(whole[_taken.Length..]);
    }

    /// <summary>What is left of a character that never became whole.</summary>
    public string End() => _split.End();
}
