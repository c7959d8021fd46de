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

/// <summary>The names of <see cref="CorrectionMode"/>, as <c>quality.corrections</c> writes them.</summary>
public static class CorrectionModes
{
    public const string Learn = "learn";
    public const string Frozen = "frozen";
    public const string Off = "off";

    /// <summary>All names, in the order of the enum.</summary>
    public static IReadOnlyList<string> All { get; } = [Learn, Frozen, Off];

    /// <summary>The mode of a name that was checked; <see cref="CorrectionMode.Learn"/> where none is written.</summary>
    public static CorrectionMode Parse(string? name) => name switch
    {
        Frozen => CorrectionMode.Frozen,
        Off => CorrectionMode.Off,
        _ => CorrectionMode.Learn,
    };
}
