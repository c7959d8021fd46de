namespace ServerlessRouter.Domain;

/// <summary>The ways a model is asked to think.</summary>
public static class ReasoningForms
{
    /// <summary>By a level of effort.</summary>
    public const string Effort = "effort";

    /// <summary>By a budget of tokens.</summary>
    public const string Budget = "budget";

    /// <summary>It decides itself, and a level of effort guides it.</summary>
    public const string Adaptive = "adaptive";

    /// <summary>It can be switched on and off only.</summary>
    public const string Toggle = "toggle";

    /// <summary>It always thinks, and nothing tells it how much.</summary>
    public const string Always = "always";
}
