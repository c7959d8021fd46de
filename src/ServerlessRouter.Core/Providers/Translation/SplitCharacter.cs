namespace ServerlessRouter.Providers.Translation;

/// <summary>Puts together characters (an emoji, say) whose two UTF-16 halves a vendor sent in two pieces of a text.</summary>
internal struct SplitCharacter
{
    private char _half;

    /// <summary>The piece with the half that was kept before it, without the half it ends in.</summary>
    public string Join(string piece)
    {
        if (piece.Length == 0)
            return piece;
        if (_half != '\0')
            piece = _half + piece;
        _half = '\0';
        if (!char.IsHighSurrogate(piece[^1]))
            return piece;
        _half = piece[^1];
        return piece[..^1];
    }

    /// <summary>U+FFFD when the text ended inside a character; else empty.</summary>
    public string End()
    {
        var isWhole = _half == '\0';
        _half = '\0';
        return isWhole ? "" : "\uFFFD";
    }
}
