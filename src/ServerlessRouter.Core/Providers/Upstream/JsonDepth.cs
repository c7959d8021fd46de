namespace ServerlessRouter.Providers.Upstream;

/// <summary>Counts, piece by piece, how many objects and arrays a text has opened beyond those it has closed.</summary>
internal struct JsonDepth
{
    private bool _isInString;
    private bool _isEscaped;

    /// <summary>Below zero where more were closed.</summary>
    public int Open { get; private set; }

    public void Add(ReadOnlySpan<byte> piece)
    {
        var (open, isInString, isEscaped) = (Open, _isInString, _isEscaped);
        foreach (var value in piece)
        {
            if (isEscaped)
            {
                isEscaped = false;
                continue;
            }

            switch (value)
            {
                case (byte)'"':
                    isInString = !isInString;
                    break;
                case (byte)'\\':
                    isEscaped = true;
                    break;
                case (byte)'{' or (byte)'[' when !isInString:
                    open++;
                    break;
                case (byte)'}' or (byte)']' when !isInString:
                    open--;
                    break;
                default:
                    break;
            }
        }

        (Open, _isInString, _isEscaped) = (open, isInString, isEscaped);
    }
}
