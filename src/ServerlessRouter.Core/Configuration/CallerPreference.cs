namespace ServerlessRouter.Configuration;

/// <summary>What a caller, or its whole tier, wants most of an answer; replaces the preference of the route's objective.</summary>
public enum CallerPreference
{
    /// <summary>The cheapest of those good enough.</summary>
    Cost,

    /// <summary>The fastest of those good enough.</summary>
    Latency,

    /// <summary>The best at what the request was taken for.</summary>
    Quality,

    /// <summary>The best at creative writing, whatever the request was taken for.</summary>
    Creative,

    /// <summary>The best at questions of fact, whatever the request was taken for.</summary>
    Factual,

    /// <summary>The best at code, whatever the request was taken for.</summary>
    Code,

    /// <summary>The best at mathematics, whatever the request was taken for.</summary>
    Math,

    /// <summary>The best at reasoning, whatever the request was taken for.</summary>
    Reasoning,
}

/// <summary>The names of <see cref="CallerPreference"/>, as <c>x-router-prefer</c> and <c>tiers.*.prefer</c> write them.</summary>
public static class CallerPreferences
{
    public const string Cost = "cost";
    public const string Latency = "latency";
    public const string Quality = "quality";
    public const string Creative = "creative";
    public const string Factual = "factual";
    public const string Code = "code";
    public const string Math = "math";
    public const string Reasoning = "reasoning";

    /// <summary>All names, in the order of the enum.</summary>
    public static IReadOnlyList<string> All { get; } = [Cost, Latency, Quality, Creative, Factual, Code, Math, Reasoning];

    /// <summary>The preference a name stands for; null when there is none.</summary>
    public static CallerPreference? Parse(ReadOnlySpan<char> name) => name switch
    {
        Cost => CallerPreference.Cost,
        Latency => CallerPreference.Latency,
        Quality => CallerPreference.Quality,
        Creative => CallerPreference.Creative,
        Factual => CallerPreference.Factual,
        Code => CallerPreference.Code,
        Math => CallerPreference.Math,
        Reasoning => CallerPreference.Reasoning,
        _ => null,
    };
}
