namespace ServerlessRouter.Pipeline;

/// <summary>By what measure grades move expected quality: <c>c += Rate · ((grade − expected) − c)</c>.</summary>
public static class QualityCorrection
{
    /// <summary>Share of the surprise that one grade moves it by: some fifty grades make two thirds of the way.</summary>
    public const float Rate = 0.02f;

    /// <summary>No number of grades moves it further than this: a flood of them must not turn the router round.</summary>
    public const float Most = 0.15f;
}
