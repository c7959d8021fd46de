using ServerlessRouter.Classification.Models;
using ServerlessRouter.Configuration.Secrets;
using ServerlessRouter.Configuration.Written;

namespace ServerlessRouter.Configuration.Validation;

/// <summary>Checks one concern of a configuration whose shape fits.</summary>
internal interface IConfigValidator
{
    void Validate(ValidationContext context);
}

/// <summary>What validators look at, and where they say what they found.</summary>
internal sealed record ValidationContext(RouterConfig Config, IReadOnlyList<ProviderKind> Kinds, ResolvedSecrets Secrets, AnonymousCallers AnonymousCallers, Findings Findings)
{
    /// <summary>What the file named in <c>quality.weights</c> holds; null where none is named or it cannot be used.</summary>
    public OutcomeFile? Weights { get; init; }

    /// <summary>What the file named in <c>classification.embeddings.weights</c> holds; null where none is named or it cannot be used.</summary>
    public EmbeddingHead? Head { get; init; }

    /// <summary>The kind of a provider; null where none is written that there is, which is then an error already.</summary>
    public ProviderKind? KindOf(ProviderConfig provider) => Kinds.FirstOrDefault(kind => kind.Name == provider.Kind);

    /// <summary>Whether a team's own outcomes tell how good the model is.</summary>
    public bool IsGraded(string model) => Weights?.Models.Contains(model) == true;
}
