namespace ServerlessRouter.Configuration;

/// <summary>The small model a cascade asks whether an answer is good enough.</summary>
/// <param name="Model">Who is asked.</param>
/// <param name="MinimumScore">An answer it scores lower, 0..1, is rejected.</param>
/// <param name="Timeout">How long it may take.</param>
public sealed record JudgeModel(LanguageModel Model, double MinimumScore, TimeSpan Timeout)
{
    public const double DefaultMinimumScore = 0.6;
    public const double DefaultTimeoutSeconds = 5;
}
