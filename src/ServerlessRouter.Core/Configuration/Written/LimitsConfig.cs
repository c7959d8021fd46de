namespace ServerlessRouter.Configuration.Written;

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
