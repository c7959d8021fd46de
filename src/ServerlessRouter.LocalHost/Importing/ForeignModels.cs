using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

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

    /// <summary>The members a model must have: as the other file says, else as is known, else guessed with a note to put them right.</summary>
    /// <param name="name">What it is called here.</param>
    /// <param name="info">Where prices, limits and abilities may stand, in LiteLLM's words; the first that has one counts.</param>
    /// <param name="isFree">It runs on a server of one's own.</param>
    /// <param name="at">Where it stands, for notes.</param>
    public JsonObject Describe(string name, IReadOnlyList<ForeignValue> info, bool isFree, (string Path, ForeignValue Value) at)
    {
        var guesses = new List<string>();
        var model = new JsonObject
        {
            ["price"] = Price(info) ?? (isFree ? new JsonObject { ["free"] = true } : Guessed(guesses, "price", new JsonObject { ["inputPerMillion"] = 1.00m, ["outputPerMillion"] = 4.00m })),
            ["contextWindow"] = Whole(info, "max_input_tokens", "context_length") ?? Guessed(guesses, "contextWindow", JsonValue.Create(GuessedWindow)),
        };
        if (Whole(info, "max_output_tokens") is { } output)
            model["maxOutputTokens"] = Math.Min((int)output, (int)model["contextWindow"]!);
        model["capabilities"] = Abilities(info) ?? Guessed(guesses, "capabilities", new JsonArray([.. GuessedAbilities.Select(static ability => JsonValue.Create(ability))]));
        if (guesses.Count > 0)
        {
            var listed = guesses.Count == 1 ? guesses[0] : $"{string.Join(", ", guesses[..^1])} and {guesses[^1]}";
            draft.Comments[$"models.{name}"] = $"To do: {listed} {(guesses.Count == 1 ? "is a guess" : "are guesses")}; write what your vendor says.";
            draft.Note(ImportOutcome.ToDo, at.Path, at.Value, $"{listed} of '{name}' {(guesses.Count == 1 ? "is a guess" : "are guesses")}, because the file does not say: write {(guesses.Count == 1 ? "it" : "them")} under models.{name}");
        }

        return model;
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
