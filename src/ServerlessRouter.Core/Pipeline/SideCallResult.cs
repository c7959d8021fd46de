namespace ServerlessRouter.Pipeline;

/// <summary>What came of a side call: the text of the answer, or why there is none.</summary>
public readonly record struct SideCallResult
{
    private SideCallResult(string? text, string? problem) => (Text, Problem) = (text, problem);

    /// <summary>The content of the first choice; null exactly when there is a problem.</summary>
    public string? Text { get; }

    /// <summary>Why there is no answer, in a few words that may be shown to the caller.</summary>
    public string? Problem { get; }

    public static SideCallResult Answered(string text) => new(text, null);

    public static SideCallResult Failed(string problem) => new(null, problem);
}
