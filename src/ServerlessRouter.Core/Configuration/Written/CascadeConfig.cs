namespace ServerlessRouter.Configuration.Written;

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
