namespace ServerlessRouter.Configuration;

/// <summary>The names <c>routes.*.onContentFilter</c> may have.</summary>
public static class ContentFilterActions
{
    /// <summary>The refusal goes to the caller as it is.</summary>
    public const string Fail = "fail";

    /// <summary>The next model is asked.</summary>
    public const string Next = "next";

    /// <summary>All names.</summary>
    public static IReadOnlyList<string> All { get; } = [Fail, Next];
}
