using System.Text;

namespace ServerlessRouter.Providers.Anthropic;

/// <summary>One tool call of a stream, while its arguments come in.</summary>
/// <param name="place">Its place among the answer's calls.</param>
/// <param name="given">The arguments the block began with.</param>
internal sealed class AnthropicCall(int place, string given)
{
    private SplitCharacter _split;
    private StringBuilder? _waiting;

    public int Place { get; } = place;

    /// <summary>What the caller gets where no piece of arguments comes.</summary>
    public string Given { get; } = given;

    /// <summary>Pieces of arguments have come: they count, and not what the block began with.</summary>
    public bool HasArguments { get; private set; }

    /// <summary>The vendor says that it is whole.</summary>
    public bool IsStopped { get; set; }

    /// <summary>The next call has begun, or the message has ended: nothing more can be said of this one.</summary>
    public bool IsClosed { get; set; }

    /// <summary>The pieces that wait for the calls before this one, which are forgotten here.</summary>
    public string TakeWaiting()
    {
        var waiting = _waiting?.ToString() ?? "";
        _waiting = null;
        return waiting;
    }

    public void Wait(string piece) => (_waiting ??= new StringBuilder()).Append(piece);

    /// <summary>A piece with whole characters.</summary>
    public string Join(string piece)
    {
        HasArguments |= piece.Length > 0;
        return _split.Join(piece);
    }

    /// <summary>What is left of a character that never became whole.</summary>
    public string EndText() => _split.End();
}
