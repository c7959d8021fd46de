using System.Globalization;

namespace ServerlessRouter.Domain;

/// <summary>A number of things in a sentence: <c>1 error</c>, <c>2 errors</c>.</summary>
public static class Counted
{
    /// <summary>The number and the noun, which takes an s where there is not exactly one.</summary>
    public static string Of(long count, string noun) => string.Create(CultureInfo.InvariantCulture, $"{count} {noun}{(count == 1 ? "" : "s")}");
}
