using ServerlessRouter.Domain;

namespace ServerlessRouter.Routing.Preferences;

/// <summary><c>provider.max_price</c>: USD per million tokens, and per request. Images and audio have no price of their own, so their ceilings remove nothing.</summary>
internal sealed record PriceCeiling(decimal? Prompt, decimal? Completion, decimal? Request)
{
    /// <summary>What the price breaks, with the figures; null when it breaks nothing.</summary>
    public string? BrokenBy(ModelPrice price)
    {
        if (price.InputPerMillion > Prompt)
            return $"prompt {price.InputPerMillion} > {Prompt} USD per million";
        if (price.OutputPerMillion > Completion)
            return $"completion {price.OutputPerMillion} > {Completion} USD per million";
        return price.PerRequest > Request ? $"request {price.PerRequest} > {Request} USD" : null;
    }
}
