namespace ServerlessRouter.Pipeline;

/// <summary>The first moment for which a wait is worth while among a model's deployments that cannot be called.</summary>
/// <param name="In">How long until then.</param>
/// <param name="IsGuessed">It is the router's own guess after failures, no rate limit's end.</param>
public readonly record struct Opening(TimeSpan In, bool IsGuessed)
{
    /// <summary>The better of what is known so far and one more deployment's: the end of a rate limit before a guess, then the earlier.</summary>
    public static Opening? Better(Opening? known, in DeploymentVitals vitals)
    {
        if (vitals.Opening == OpeningKind.Unlikely)
            return known;
        var opening = new Opening(TimeSpan.FromSeconds(vitals.OpenForSeconds), vitals.Opening == OpeningKind.FirstGuess);
        return known is not { } best || (opening.IsGuessed, opening.In).CompareTo((best.IsGuessed, best.In)) < 0 ? opening : known;
    }
}
