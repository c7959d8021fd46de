namespace ServerlessRouter.Recording.Usage;

/// <summary>
/// The dimensions that a packed sum tells apart. Beside the one that holds all, there is one for each group of dimensions that follow from one another (tier and tags from the key, model and
/// provider from the deployment, mostly), alone and with the key, so that a chart reads a few figures a day, and a caller's own charts too.
/// </summary>
internal sealed record UsageView(string Name, UsageGroups Holds)
{
    private const UsageGroups Callers = UsageGroups.Key | UsageGroups.Tier | UsageGroups.Tags;
    private const UsageGroups Called = UsageGroups.Model | UsageGroups.Deployment | UsageGroups.Provider;
    private const UsageGroups Asked = UsageGroups.Route | UsageGroups.ModelAsked;

    /// <summary>Everything that is told apart.</summary>
    public static readonly UsageView Whole = new("x", (UsageGroups)~0);

    /// <summary>All of them, the narrower first.</summary>
    public static readonly UsageView[] All =
    [
        new("s", UsageGroups.Status), new("t", UsageGroups.Task), new("m", Called), new("r", Asked), new("k", Callers),
        new("ks", Callers | UsageGroups.Status), new("kt", Callers | UsageGroups.Task), new("km", Callers | Called), new("kr", Callers | Asked), Whole,
    ];

    /// <summary>The narrowest that tells these apart.</summary>
    public static UsageView For(UsageGroups groups) => Array.Find(All, view => (groups & ~view.Holds) == 0)!;

    public UsageDimensions Of(in UsageDimensions dimensions) => this == Whole ? dimensions : dimensions.Only(Holds);
}
