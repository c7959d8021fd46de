using System.Text.Json.Nodes;

namespace ServerlessRouter.Tools.Catalogue;

/// <summary>Writes prices as a configuration has them.</summary>
internal static class PriceJson
{
    public static JsonObject Of(ListedPrice price, IReadOnlyList<(string Tier, TokenPrice Price)> tiers)
    {
        if (price is { Base: { Input: 0, Output: 0 }, PerRequest: null })
            return new JsonObject { ["free"] = true };
        var json = Tokens(price.Base);
        Add(json, "perRequest", price.PerRequest);
        if (price.Above.Count > 0)
        {
            json["above"] = new JsonArray([.. price.Above.Select(static step =>
            {
                var above = Tokens(step.Price);
                above.Insert(0, "tokens", step.Tokens);
                return (JsonNode)above;
            })]);
        }

        if (tiers.Count > 0)
            json["tiers"] = new JsonObject(tiers.Select(static tier => KeyValuePair.Create(tier.Tier, (JsonNode?)Tokens(tier.Price))));
        return json;
    }

    public static IReadOnlyList<(string Tier, TokenPrice Price)> Tiers(string vendor, string name, TokenPrice price, ListedModel facts)
    {
        var tiers = new List<(string, TokenPrice)>();
        if (vendor == "openai")
        {
            if (Curated.OpenAIFlex.Contains(name))
                tiers.Add(("flex", price with { Input = price.Input / 2, Cached = price.Cached / 2, Output = price.Output / 2 }));
            if ((Curated.OpenAIPriority.GetValueOrDefault(name) ?? (facts.Name == name ? facts.PriorityPrice : null)) is { } priority)
                tiers.Add(("priority", priority));
        }
        else if (vendor == "groq" && price.Input > 0)
        {
            tiers.AddRange(Curated.GroqTiers.Select(tier => (tier, price)));
        }

        return tiers;
    }

    private static JsonObject Tokens(TokenPrice price)
    {
        var json = new JsonObject { ["inputPerMillion"] = Plain(price.Input) };
        Add(json, "cachedInputPerMillion", price.Cached);
        Add(json, "cacheWritePerMillion", price.Write);
        Add(json, "hourCacheWritePerMillion", price.HourWrite);
        json["outputPerMillion"] = Plain(price.Output);
        return json;
    }

    private static void Add(JsonObject json, string member, decimal? price)
    {
        if (price is { } known)
            json[member] = Plain(known);
    }

    /// <summary>Without the zeros that a source wrote at the end.</summary>
    private static decimal Plain(decimal price) => price / 1.000000000000000000000000000000m;
}
