using System.Globalization;

namespace ServerlessRouter.Jobs;

/// <summary>How long a job may take, as callers write it: <c>24h</c>, <c>90m</c>, <c>3d</c>.</summary>
public static class CompletionWindow
{
    /// <summary>The one OpenAI knows.</summary>
    public const string Default = "24h";

    public static readonly TimeSpan Shortest = TimeSpan.FromMinutes(1);
    public static readonly TimeSpan Longest = TimeSpan.FromDays(7);

    public static bool TryParse(string text, out TimeSpan window)
    {
        window = default;
        if (text.Length is < 2 or > 6 || !int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return false;
        window = text[^1] switch
        {
            'm' => TimeSpan.FromMinutes(number),
            'h' => TimeSpan.FromHours(number),
            'd' => TimeSpan.FromDays(number),
            _ => default,
        };
        return window >= Shortest && window <= Longest;
    }
}
