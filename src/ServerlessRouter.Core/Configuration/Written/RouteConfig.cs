using System.Text.Json;

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

    [Member("Answers are given again to the same request. Default: none, unless a request asks for it in a tier with `mayCache`.")]
    public CacheConfig? Cache { get; init; }

    [Member("What a refusal by a content filter leads to. Default: `fail`.", Names = NameTable.ContentFilterAction)]
    public string? OnContentFilter { get; init; }
}

/// <summary>When a cascade's step is not worth asking, as written.</summary>
public sealed record CascadeSkipConfig
{
    [Member("A step whose predicted quality, 0 to 1, is lower is skipped; never the last. Default: 0.", Minimum = 0, Maximum = 1)]
    public double? BelowQuality { get; init; }

    [Member("On a request of a higher difficulty, 0 to 1, only the last step is asked. Default: 1.", Minimum = 0, Maximum = 1)]
    public double? AboveDifficulty { get; init; }
}

/// <summary>A second request where the first is slow, as written.</summary>
public sealed record HedgeConfig
{
    [Member("Share of the route's requests that may be sent twice, at most. Default: 0.05.", Minimum = 0.001, Maximum = 0.5)]
    public double? MaxShare { get; init; }

    [Member("Requests that offer tools may be sent twice too: right only where calling a tool twice does no harm. Default: false.")]
    public bool? WithTools { get; init; }
}

/// <summary>A rule of a route, as written.</summary>
public sealed record RuleConfig
{
    [Member("Conditions that must all hold. Default: none, which holds always.", Names = NameTable.Condition)]
    public OrderedDictionary<string, JsonElement>? When { get; init; }

    [Member("The models used when they hold.", IsRequired = true)]
    public IReadOnlyList<string?>? Use { get; init; }
}

/// <summary>A small model that judges answers, as written.</summary>
public sealed record JudgeConfig
{
    [Member("A model with the capability `json_schema` that is none of the steps. What it costs is part of the request's cost.", IsRequired = true)]
    public string? Model { get; init; }

    [Member("An answer it scores lower, 0 to 1, is rejected. Default: 0.6.", Minimum = 0, Maximum = 1)]
    public double? MinimumScore { get; init; }

    [Member("Seconds it may take; without a verdict by then the answer is accepted. Default: 5.", Minimum = 0.05, Maximum = 60)]
    public double? TimeoutSeconds { get; init; }
}

/// <summary>What a route wants of its candidates, as written.</summary>
public sealed record ObjectiveConfig
{
    [Member("Expected quality 0 to 1 below which a candidate comes only after the others. Default: 0.", Minimum = 0, Maximum = 1)]
    public double? MinimumQuality { get; init; }

    [Member("What good enough candidates are ordered by. Default: `cost`.", Names = NameTable.PreferredObjective)]
    public string? Prefer { get; init; }

    [Member("Orders by a weighted sum instead; not together with `prefer`.")]
    public WeightsConfig? Weights { get; init; }
}

/// <summary>A small model that is asked what a request is when the classifier is unsure, as written.</summary>
public sealed record SecondOpinionConfig
{
    [Member("A model with the capability `json_schema`. What it costs is part of the request's cost.", IsRequired = true)]
    public string? Model { get; init; }

    [Member("It is asked below this confidence of the classifier, and when that abstains. Default: 0.5.", Minimum = 0, Maximum = 1)]
    public double? BelowConfidence { get; init; }

    [Member("Seconds it may take; asked only where the deadline leaves twice as much. Default: 2.", Minimum = 0.05, Maximum = 60)]
    public double? TimeoutSeconds { get; init; }
}

/// <summary>Weights of a weighted objective, as written.</summary>
public sealed record WeightsConfig
{
    [Member("Weight of quality. Default: 0.", Minimum = 0, Maximum = 1_000_000)]
    public double? Quality { get; init; }

    [Member("Weight of low cost. Default: 0.", Minimum = 0, Maximum = 1_000_000)]
    public double? Cost { get; init; }

    [Member("Weight of low latency. Default: 0.", Minimum = 0, Maximum = 1_000_000)]
    public double? Latency { get; init; }
}

/// <summary>A cheap model first, a stronger one only where checks reject the answer, as written.</summary>
public sealed record CascadeConfig
{
    [Member("Models from `candidates`, cheapest first; the answer of each but the last is checked.", IsRequired = true)]
    public IReadOnlyList<string?>? Steps { get; init; }

    [Member("What an answer is checked for. Default: all.", Names = NameTable.AnswerCheck)]
    public IReadOnlyList<string?>? Checks { get; init; }

    [Member("A small model that is asked about an answer that passed all checks. Default: no model is asked.")]
    public JudgeConfig? Judge { get; init; }

    [Member("USD over all steps and the judge; a further step that would pass it is not begun. Default: unbounded.", Minimum = 0.000001, Maximum = 1_000_000)]
    public decimal? CostUsd { get; init; }

    [Member("Seconds from arrival until a further step must have begun to answer. Default: the route's own deadline.", Minimum = 0.001, Maximum = 86_400)]
    public double? DeadlineSeconds { get; init; }

    [Member("When a step is not worth asking. Default: never.")]
    public CascadeSkipConfig? Skip { get; init; }

    [Member("Most bytes of an answer kept back for its check; a longer one is given as it is. Default: 262144 (256 KiB).", Minimum = 1024, Maximum = 16_777_216)]
    public int? BufferBytes { get; init; }
}

/// <summary>What one request may use at most, as written.</summary>
public sealed record LimitsConfig
{
    [Member("Calls to vendors. Default: 4.", Minimum = 1, Maximum = 100)]
    public int? Attempts { get; init; }

    [Member("Seconds from arrival to the first content (streams) or the whole answer (plain). Default: 120.", Minimum = 0.001, Maximum = 86_400)]
    public double? DeadlineSeconds { get; init; }

    [Member("Seconds a stream may be silent before its first content: since it was asked for, or since its last sign of life (a ping, a comment, hidden reasoning). Default: 30.", Minimum = 0.001, Maximum = 86_400)]
    public double? FirstTokenSeconds { get; init; }

    [Member("Seconds an attempt may take to the whole answer (plain), or to the first content of a stream that shows signs of life, while another deployment or model can still be asked. Default: half of the time left, and for plain answers no more than three times what is expected of a model that was measured, or 30 and the time of a long answer at 20 tokens a second; at least 30, and 300 where the model may think first.", Minimum = 0.001, Maximum = 86_400)]
    public double? AttemptSeconds { get; init; }

    [Member("Seconds a stream may be silent behind its first content. Default: 30.", Minimum = 0.001, Maximum = 86_400)]
    public double? StallSeconds { get; init; }

    [Member("Seconds a stream may go on behind its first content without more of it, though it shows signs of life. Default: ten times stallSeconds.", Minimum = 0.001, Maximum = 86_400)]
    public double? IdleSeconds { get; init; }

    [Member("Seconds from sending an attempt to the end of its stream. Default: 7200.", Minimum = 0.001, Maximum = 86_400)]
    public double? StreamSeconds { get; init; }

    [Member("USD over all attempts. Default: unbounded.", Minimum = 0.000001, Maximum = 1_000_000)]
    public decimal? CostUsd { get; init; }
}
