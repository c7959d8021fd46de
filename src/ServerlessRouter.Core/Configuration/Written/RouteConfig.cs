namespace ServerlessRouter.Configuration.Written;

/// <summary>A route, as written.</summary>
public sealed record RouteConfig
{
    [Member("The first rule whose conditions all hold narrows the choice to its models. Default: none.")]
    public IReadOnlyList<RuleConfig?>? Rules { get; init; }

    [Member("The models the objective chooses from.", IsRequired = true)]
    public IReadOnlyList<string?>? Candidates { get; init; }

    [Member("What is wanted of a candidate. Default: `{ \"prefer\": \"order\" }`, the order written.")]
    public ObjectiveConfig? Objective { get; init; }

    [Member("Models tried in this order after the chosen candidates. Default: none.")]
    public IReadOnlyList<string?>? Fallbacks { get; init; }

    [Member("What one request may use at most.")]
    public LimitsConfig? Limits { get; init; }

    [Member("What is demanded of every provider this route may call.")]
    public ConstraintsConfig? Constraints { get; init; }

    [Member("A small model that is asked what a request is when the classifier is unsure. Default: no model is asked.")]
    public SecondOpinionConfig? SecondOpinion { get; init; }

    [Member("Steps of models, cheapest first: a stronger one is asked only where checks reject the answer. Default: none.")]
    public CascadeConfig? Cascade { get; init; }

    [Member("A second request at another deployment where the first is slower than usual. Default: never.")]
    public HedgeConfig? Hedge { get; init; }

    [Member("What a refusal by a content filter leads to. Default: `fail`.", Names = NameTable.ContentFilterAction)]
    public string? OnContentFilter { get; init; }
}
