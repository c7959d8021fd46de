namespace ServerlessRouter.Configuration;

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
