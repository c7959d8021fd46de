namespace ServerlessRouter.Configuration.Written;

/// <summary>A second request where the first is slow, as written.</summary>
public sealed record HedgeConfig
{
    [Member("Share of the route's requests that may be sent twice, at most. Default: 0.05.", Minimum = 0.001, Maximum = 0.5)]
    public double? MaxShare { get; init; }

    [Member("Requests that offer tools may be sent twice too: right only where calling a tool twice does no harm. Default: false.")]
    public bool? WithTools { get; init; }
}
