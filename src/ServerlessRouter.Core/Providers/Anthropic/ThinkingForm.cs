namespace ServerlessRouter.Providers.Anthropic;

/// <summary>How a model is asked to think.</summary>
internal enum ThinkingForm
{
    /// <summary>It does not think.</summary>
    None,

    /// <summary><c>thinking: {"type": "enabled", "budget_tokens": …}</c>.</summary>
    Budget,

    /// <summary><c>thinking: {"type": "adaptive"}</c> and <c>output_config.effort</c>.</summary>
    Adaptive,
}
