namespace ServerlessRouter.Classification.Answers;

/// <summary>The equations of an answer, "3 + 4 = 7" or "&lt;&lt;3+4=7&gt;&gt;", and whether they add up.</summary>
internal ref struct Equations
{
    private const int MaxExpressionLength = 80;
    private const double Tolerance = 0.011;

    private NumberSet _results;

    public int Count { get; private set; }

    public int Wrong { get; private set; }

    public int Fractional { get; private set; }

    public int Divisions { get; private set; }

    public readonly NumberSet Results => _results;

    /// <summary>Finds the equations; `results` lends memory for what they come to.</summary>
    public static Equations Of(ReadOnlySpan<byte> text, NumberSet results)
    {
        var equations = new Equations { _results = results };
        for (var place = 0; place < text.Length; place++)
        {
            if (text[place] == (byte)'=')
                equations.Read(text, place);
        }

        return equations;
    }

    private void Read(ReadOnlySpan<byte> text, int equals)
    {
        var start = equals;
        while (start > 0 && equals - start < MaxExpressionLength && IsOfExpression(text[start - 1]) && !IsComma(text, start - 1))
            start--;
        var expression = text[start..equals].Trim(" .,"u8);
        var after = text[(equals + 1)..].TrimStart(" $"u8);
        var sign = 1;
        if (after.Length > 0 && after[0] == (byte)'-')
        {
            sign = -1;
            after = after[1..].TrimStart(" $"u8);
        }

        if (!Arithmetic.TryNumber(after, out var stated, out _) || !Arithmetic.TryEvaluate(expression, out var computed))
            return;
        stated *= sign;
        Count++;
        // People round: one in a hundred is forgiven.
        if (Math.Abs(stated - computed) > Math.Max(Tolerance, Math.Abs(computed) * Tolerance))
            Wrong++;
        if (Math.Abs(stated - Math.Round(stated)) > Tolerance)
            Fractional++;
        if (expression.Contains((byte)'/'))
            Divisions++;
        _results.Add(stated);
    }

    /// <summary>A comma between parts of a sentence, not between thousands.</summary>
    private static bool IsComma(ReadOnlySpan<byte> text, int place) => text[place] == (byte)',' && text[place + 1] is not (>= (byte)'0' and <= (byte)'9');

    private static bool IsOfExpression(byte value) =>
        value is (>= (byte)'0' and <= (byte)'9') or (byte)' ' or (byte)'.' or (byte)',' or (byte)'+' or (byte)'-' or (byte)'*' or (byte)'/' or (byte)'('
            or (byte)')' or (byte)'$' or (byte)'%' or (byte)'x';
}
