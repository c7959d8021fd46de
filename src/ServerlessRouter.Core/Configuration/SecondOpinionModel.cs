namespace ServerlessRouter.Configuration;

/// <summary>The small model a route asks when its classifier is unsure.</summary>
/// <param name="Model">Who is asked.</param>
/// <param name="BelowConfidence">It is asked below this confidence of the classifier, 0..1, and when that abstains.</param>
/// <param name="Timeout">How long it may take.</param>
public sealed record SecondOpinionModel(LanguageModel Model, double BelowConfidence, TimeSpan Timeout)
{
    public const double DefaultBelowConfidence = 0.5;
    public const double DefaultTimeoutSeconds = 2;
}
