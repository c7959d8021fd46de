namespace ServerlessRouter.Checks;

/// <summary>How good a rejected answer still is should nothing better come: what a reader can still use goes before what a program would choke on.</summary>
internal static class FallbackScore
{
    /// <summary>Never given.</summary>
    public const double Nothing = 0;

    public const double Refused = 0.1;

    /// <summary>Not the JSON that was asked for.</summary>
    public const double OutOfForm = 0.2;

    public const double CutShort = 0.3;

    /// <summary>A number was asked for and none is there.</summary>
    public const double BesideTheQuestion = 0.4;

    public const double Miscalculated = 0.5;

    public const double Unsure = 0.6;
}
