using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Routing.Preferences;

namespace ServerlessRouter.Routing;

/// <summary>Removes the models that cannot or must not answer a request.</summary>
internal readonly struct CandidateFilter(RequestContext context, ProviderFilter? provider)
{
    // What only tunes an answer is left out for a model that lacks it, and a model that cannot stream answers in one piece, which is made a stream.
    private readonly Capabilities _needs = (context.Request.Needs | context.Profile.Needs) & ~(Capabilities.Tuning | Capabilities.Streaming);

    private readonly string? _serviceTier = context.Request.ServiceTier;

    /// <summary>Why the model may not answer; null when it may.</summary>
    public Exclusion? Exclude(LanguageModel model)
    {
        if (model.Deployments.IsEmpty)
            return new Exclusion(model.Name, ExclusionReason.NoDeployment, "no deployment is configured");

        if (context.Operation == AttemptOperation.Chat && !model.AnswersChat)
            return new Exclusion(model.Name, ExclusionReason.Capability, "chat");
        // What cannot be billed is not asked for.
        if (_serviceTier is { } tier && model.Price.In(tier) is null)
            return new Exclusion(model.Name, ExclusionReason.ServiceTier, tier);

        var missing = _needs & ~Offered(model.Capabilities);
        if (missing != Capabilities.None)
            return new Exclusion(model.Name, ExclusionReason.Capability, string.Join(", ", CapabilityNames.Of(missing)));

        var answerTokens = AnswerTokens(model);
        // What was guessed may be wrong: only what is certain refuses.
        if (!Fits(model) && (long)context.Request.MinPromptTokens + answerTokens > model.ContextWindow)
        {
            var figures = $"at least {context.Request.MinPromptTokens} prompt + {answerTokens} answer tokens > {model.ContextWindow}";
            return new Exclusion(model.Name, ExclusionReason.ContextWindow, figures);
        }

        return provider?.Exclude(model, context.Profile.PromptTokens);
    }

    /// <summary>Whether the prompt, as long as it is guessed to be, leaves room in the window for the answer. Each text that is embedded has a window of its own, which the vendor measures.</summary>
    public bool Fits(LanguageModel model) => context.Operation == AttemptOperation.Embeddings || (long)context.Profile.PromptTokens + AnswerTokens(model) <= model.ContextWindow;

    private int AnswerTokens(LanguageModel model) => Math.Min(context.Request.MaxOutputTokens ?? 1, model.MaxOutputTokens ?? int.MaxValue);

    /// <summary>Whatever keeps to a schema also writes plain JSON.</summary>
    private static Capabilities Offered(Capabilities capabilities) =>
        capabilities.HasFlag(Capabilities.JsonSchema) ? capabilities | Capabilities.JsonObject : capabilities;
}
