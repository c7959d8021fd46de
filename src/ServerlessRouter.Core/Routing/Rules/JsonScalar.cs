using System.Text;
using System.Text.Json;
using ServerlessRouter.Configuration;

namespace ServerlessRouter.Routing.Rules;

/// <summary>Compares a JSON value of the request with what a condition accepts.</summary>
internal static class JsonScalar
{
    /// <summary>Whether the value the reader stands on is accepted. A condition without values and bounds accepts all but <c>null</c>.</summary>
    public static bool Matches(ref Utf8JsonReader reader, ConditionModel condition)
    {
        if (condition.Values.IsEmpty && !condition.HasRange())
            return reader.TokenType != JsonTokenType.Null;
        if (condition.HasRange())
            return reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out var number) && condition.Includes(number);

        foreach (var value in condition.Values)
        {
            if (IsText(ref reader, value))
                return true;
        }

        return false;
    }

    /// <summary>Whether the token reads as this text: strings and names decoded, numbers and literals as written.</summary>
    public static bool IsText(ref Utf8JsonReader reader, string? text)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False:
                return Ascii.Equals(reader.ValueSpan, text);
            case JsonTokenType.String or JsonTokenType.PropertyName:
                try
                {
                    return reader.ValueTextEquals(text);
                }
                catch (InvalidOperationException)
                {
                    // A string that is not proper text equals none.
                    return false;
                }

            default:
                return false;
        }
    }
}
