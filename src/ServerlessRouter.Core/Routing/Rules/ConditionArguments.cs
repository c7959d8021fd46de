using ServerlessRouter.Configuration;

namespace ServerlessRouter.Routing.Rules;

/// <summary>How the arguments of a condition are compared.</summary>
internal static class ConditionArguments
{
    /// <summary>Whether the condition bounds numbers.</summary>
    public static bool HasRange(this ConditionModel condition) => condition.Minimum is not null || condition.Maximum is not null;

    /// <summary>Whether a number lies inside the bounds, both inclusive.</summary>
    public static bool Includes(this ConditionModel condition, double value) =>
        (condition.Minimum is not { } minimum || value >= minimum) && (condition.Maximum is not { } maximum || value <= maximum);

    /// <summary>As <see cref="Includes(ConditionModel, double)"/> in single precision, so that a score of 0.7 is not below a bound of 0.7.</summary>
    public static bool Includes(this ConditionModel condition, float value) =>
        (condition.Minimum is not { } minimum || value >= (float)minimum) && (condition.Maximum is not { } maximum || value <= (float)maximum);

    /// <summary>Whether the text is one of the values.</summary>
    public static bool Lists(this ConditionModel condition, ReadOnlySpan<char> text, StringComparison comparison = StringComparison.Ordinal)
    {
        foreach (var value in condition.Values)
        {
            if (text.Equals(value, comparison))
                return true;
        }

        return false;
    }
}
