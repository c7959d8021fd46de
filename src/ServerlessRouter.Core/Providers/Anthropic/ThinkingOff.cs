namespace ServerlessRouter.Providers.Anthropic;

/// <summary>How a model is kept from thinking.</summary>
internal enum ThinkingOff
{
    /// <summary>It does not think unless it is asked.</summary>
    LeftOut,

    /// <summary>It thinks unless told <c>{"type": "disabled"}</c>.</summary>
    Disabled,

    /// <summary>It thinks, and <c>{"type": "between_tools"}</c> is the least it takes.</summary>
    BetweenTools,

    /// <summary>It always thinks; a low effort is the least it takes.</summary>
    Never,
}
