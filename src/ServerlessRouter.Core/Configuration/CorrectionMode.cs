namespace ServerlessRouter.Configuration;

/// <summary>What becomes of the corrections that graded answers teach.</summary>
public enum CorrectionMode
{
    /// <summary>Grades move them.</summary>
    Learn,

    /// <summary>They stay as they are, and count.</summary>
    Frozen,

    /// <summary>They play no part.</summary>
    Off,
}
