namespace ServerlessRouter.Classification.Features;

/// <summary>Exponential and logarithm from IEEE basics alone, so that every machine computes the same bits.</summary>
internal static class PortableMath
{
    private const double Ln2High = 0.693147180369123816490;
    private const double Ln2Low = 1.90821492927058770002e-10;
    private const double InverseLn2 = 1.44269504088896338700;

    public static double Exp(double x)
    {
        if (double.IsNaN(x))
            return x;
        if (x > 700)
            x = 700;
        if (x < -700)
            return 0;
        var power = Math.Floor(x * InverseLn2 + 0.5);
        var rest = x - power * Ln2High - power * Ln2Low;
        // |rest| <= 0.35: twelve Taylor terms reach the last bits of a double.
        var sum = 1.0;
        for (var term = 12; term >= 1; term--)
            sum = 1 + rest / term * sum;
        return sum * BitConverter.Int64BitsToDouble(((long)power + 1023) << 52);
    }

    /// <summary>Natural logarithm of a positive, normal number.</summary>
    public static double Log(double x)
    {
        var bits = BitConverter.DoubleToInt64Bits(x);
        var power = (int)((bits >> 52) & 0x7ff) - 1023;
        var mantissa = BitConverter.Int64BitsToDouble((bits & 0xfffffffffffffL) | 0x3ff0000000000000L);
        if (mantissa > 1.4142135623730951)
        {
            mantissa /= 2;
            power++;
        }

        var ratio = (mantissa - 1) / (mantissa + 1);
        var square = ratio * ratio;
        var sum = 0.0;
        for (var term = 21; term >= 1; term -= 2)
            sum = sum * square + 1.0 / term;
        return power * Ln2High + (power * Ln2Low + 2 * ratio * sum);
    }

    public static double Sigmoid(double x) => x >= 0 ? 1 / (1 + Exp(-x)) : Exp(x) / (1 + Exp(x));

    public static double Logit(double p) => Log(p / (1 - p));

    /// <summary>Turns scores into probabilities in place.</summary>
    public static void Softmax(Span<float> scores, float temperature = 1)
    {
        var highest = float.NegativeInfinity;
        foreach (var score in scores)
            highest = Math.Max(highest, score);
        var sum = 0.0;
        for (var place = 0; place < scores.Length; place++)
        {
            var value = Exp((scores[place] - highest) / temperature);
            scores[place] = (float)value;
            sum += value;
        }

        var factor = (float)(1 / sum);
        for (var place = 0; place < scores.Length; place++)
            scores[place] *= factor;
    }
}
