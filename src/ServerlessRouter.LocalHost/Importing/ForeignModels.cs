using System.Collections.Immutable;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ServerlessRouter.Configuration.Catalogue;

namespace ServerlessRouter.LocalHost.Importing;

/// <summary>What another product's configuration says of a model, and what is known of it elsewhere.</summary>
internal sealed partial class ForeignModels(ImportDraft draft)
{
    private const int GuessedWindow = 128_000;
    private const decimal Million = 1_000_000m;

    private static readonly string[] GuessedAbilities = ["tools", "vision", "json_schema"];

    private static readonly (string Flag, string Capability)[] Flags =
    [
        ("supports_function_calling", "tools"), ("supports_vision", "vision"), ("supports_response_schema", "json_schema"), ("supports_audio_input", "audio"),
        ("supports_pdf_input", "files"), ("supports_reasoning", "reasoning"),
    ];

    /// <summary>What two deployments of one model have in common: the name without its maker, its date and its variant.</summary>
    public static string IdentityOf(string model) => Version().Replace(model[(model.LastIndexOf('/') + 1)..].ToLowerInvariant(), "");

    /// <summary>
    /// The members of a model: as the other file says, else as the catalogue knows, else guessed with a note to put them right. What the catalogue fills in by itself, because the model is called at
    /// its vendor, is left out.
    /// </summary>
    /// <param name="name">What it is called here.</param>
    /// <param name="info">Where prices, limits and abilities may stand, in LiteLLM's words; the first that has one counts.</param>
    /// <param name="isFree">It runs on a server of one's own.</param>
    /// <param name="at">Where it stands, for notes.</param>
    /// <param name="places">Where it is called.</param>
    public JsonObject Describe(string name, IReadOnlyList<ForeignValue> info, bool isFree, (string Path, ForeignValue Value) at, IReadOnlyList<ForeignPlace> places)
    {
        if (Price(info) is null && !isFree && Whole(info, "max_input_tokens", "context_length", "max_output_tokens") is null && IsCompleted(places))
            return Abilities(info) is { } stated ? new JsonObject { ["capabilities"] = stated } : [];
        var source = places.Select(Known).FirstOrDefault(static found => found is not null);
        var known = source is null ? [] : JsonNode.Parse(source.ConfigJson.GetRawText())!.AsObject();
        var (guesses, taken) = (new List<string>(), new List<string>());
        var model = new JsonObject
        {
            ["price"] = Price(info) ?? (isFree ? new JsonObject { ["free"] = true } : From(known, taken, "price") ?? Guessed(guesses, "price", new JsonObject { ["inputPerMillion"] = 1.00m, ["outputPerMillion"] = 4.00m })),
            ["contextWindow"] = Whole(info, "max_input_tokens", "context_length") ?? From(known, taken, "contextWindow") ?? Guessed(guesses, "contextWindow", JsonValue.Create(GuessedWindow)),
        };
        if ((Whole(info, "max_output_tokens") ?? From(known, taken, "maxOutputTokens")) is { } output)
            model["maxOutputTokens"] = Math.Min((int)output, (int)model["contextWindow"]!);
        model["capabilities"] = Abilities(info) ?? From(known, taken, "capabilities") ?? Guessed(guesses, "capabilities", new JsonArray([.. GuessedAbilities.Select(static ability => JsonValue.Create(ability))]));
        if (From(known, taken, "quality") is { } quality)
            model["quality"] = quality;
        Tell(name, at, taken, guesses, source);
        return model;
    }

    private void Tell(string name, (string Path, ForeignValue Value) at, List<string> taken, List<string> guesses, CatalogueModel? source)
    {
        if (taken.Count > 0)
            draft.Note(ImportOutcome.Changed, at.Path, at.Value, $"{Listed(taken)} of '{name}' {(taken.Count == 1 ? "is" : "are")} from the catalogue ({source})");
        if (guesses.Count == 0)
            return;
        var (verb, pronoun) = guesses.Count == 1 ? ("is a guess", "it") : ("are guesses", "them");
        draft.Comments[$"models.{name}"] = $"To do: {Listed(guesses)} {verb}; write what your vendor says.";
        draft.Note(ImportOutcome.ToDo, at.Path, at.Value, $"{Listed(guesses)} of '{name}' {verb}, because neither the file nor the catalogue says: write {pronoun} under models.{name}");
    }

    private static string Listed(List<string> members) => members.Count == 1 ? members[0] : $"{string.Join(", ", members[..^1])} and {members[^1]}";

    /// <summary>One vendor, called at its own address, whose models of these names the catalogue knows with their price.</summary>
    private static bool IsCompleted(IReadOnlyList<ForeignPlace> places) =>
        places.Select(static place => (place.Vendor.Kind, place.Model)).Distinct().Count() == 1
        && places.All(static place => place.IsUsualAddress && place.Vendor.Name == Own(place.Vendor) && ModelCatalogue.Shipped.Find(place.Vendor.Kind, place.Model) is { Config: { Price: not null, ContextWindow: not null } });

    /// <summary>The name of a vendor that is known by it, whose kind is its own.</summary>
    private static string Own(ForeignVendor vendor) => vendor == ForeignVendors.Azure ? vendor.Name : vendor.Kind;

    private static CatalogueModel? Known(ForeignPlace place) =>
        (place.IsUsualAddress ? ModelCatalogue.Shipped.Find(place.Vendor.Kind, place.Model) : null)
        ?? (place.Identity is { } identity ? ModelCatalogue.Shipped.Find(place.Vendor.Kind, identity) : null)
        ?? First(ModelCatalogue.Shipped.Named(place.Model))
        ?? (place.Identity is { } other ? First(ModelCatalogue.Shipped.Named(other)) : null);

    private static CatalogueModel? First(ImmutableArray<CatalogueModel> models) => models.FirstOrDefault(static model => model.Config.Price is not null) ?? models.FirstOrDefault();

    private static JsonNode? From(JsonObject known, List<string> taken, string member)
    {
        if (known[member] is not { } value)
            return null;
        taken.Add(member);
        return value.DeepClone();
    }

    private static JsonNode Guessed(List<string> guesses, string member, JsonNode value)
    {
        guesses.Add(member);
        return value;
    }

    private static JsonObject? Price(IReadOnlyList<ForeignValue> info)
    {
        if (First(info, "input_cost_per_token") is not { Number: { } input } || First(info, "output_cost_per_token") is not { Number: { } output })
            return null;
        if (input == 0 && output == 0)
            return new JsonObject { ["free"] = true };
        var price = new JsonObject { ["inputPerMillion"] = PerMillion(input) };
        if (First(info, "cache_read_input_token_cost") is { Number: { } read })
            price["cachedInputPerMillion"] = PerMillion(read);
        if (First(info, "cache_creation_input_token_cost") is { Number: { } write })
            price["cacheWritePerMillion"] = PerMillion(write);
        price["outputPerMillion"] = PerMillion(output);
        if (First(info, "input_cost_per_request") is { Number: > 0 and var request })
            price["perRequest"] = request;
        foreach (var (suffix, tokens) in new[] { ("128k", 128_000), ("200k", 200_000), ("256k", 256_000), ("272k", 272_000) })
        {
            if (First(info, $"input_cost_per_token_above_{suffix}_tokens") is { Number: { } longInput })
            {
                var longOutput = First(info, $"output_cost_per_token_above_{suffix}_tokens")?.Number ?? output;
                price["above"] = new JsonArray(new JsonObject { ["tokens"] = tokens, ["inputPerMillion"] = PerMillion(longInput), ["outputPerMillion"] = PerMillion(longOutput) });
            }
        }

        return price;
    }

    private static JsonArray? Abilities(IReadOnlyList<ForeignValue> info)
    {
        if (!Flags.Any(flag => First(info, flag.Flag) is { Truth: not null }))
            return null;
        return new JsonArray([.. Flags.Where(flag => First(info, flag.Flag) is { Truth: true }).Select(static flag => JsonValue.Create(flag.Capability))]);
    }

    private static JsonValue? Whole(IReadOnlyList<ForeignValue> info, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (First(info, name) is { Number: >= 1 and <= int.MaxValue and var number })
                return JsonValue.Create((int)number);
        }

        return null;
    }

    private static ForeignValue? First(IReadOnlyList<ForeignValue> info, string name) => info.Select(part => part[name]).FirstOrDefault(static value => value is not null);

    /// <summary>Without the zeros that multiplication leaves.</summary>
    private static JsonValue PerMillion(decimal perToken) => JsonValue.Create(perToken * Million / 1.000000000000000000000000000000000m);

    [GeneratedRegex(@"([-@](20\d{2}-?\d{2}-?\d{2}|latest|preview(-\d{2}-\d{2})?|v\d+(:\d+)?))+$|:[a-z]+$")]
    private static partial Regex Version();
}

/// <summary>Where a model is called.</summary>
/// <param name="Vendor">Who is called.</param>
/// <param name="Model">What the vendor calls it.</param>
/// <param name="Identity">What the model is called without its date; null where the vendor's name does not tell.</param>
/// <param name="IsUsualAddress">It is called at the vendor's own address.</param>
internal sealed record ForeignPlace(ForeignVendor Vendor, string Model, string? Identity, bool IsUsualAddress);
