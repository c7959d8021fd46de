using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using ServerlessRouter.Configuration;
using ServerlessRouter.Configuration.Catalogue;
using ServerlessRouter.Configuration.Loading;
using ServerlessRouter.Configuration.Written;
using ServerlessRouter.Domain;
using ServerlessRouter.Providers;

namespace ServerlessRouter.LocalHost.CommandLine;

/// <summary><c>catalogue</c>: what the router knows of vendors' models, and where a configuration's prices differ from it.</summary>
internal static class CatalogueCommands
{
    private static readonly JsonSerializerOptions Plain = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Command Create()
    {
        var command = new Command("catalogue", "Show what is known of vendors' models: prices, limits, abilities, quality.");
        command.Add(CreateList());
        command.Add(CreateShow());
        command.Add(CreateDiff());
        return command;
    }

    private static Command CreateList()
    {
        var vendor = new Option<string>("--vendor") { Description = "Only the models of this kind of provider, for example groq." };
        var json = new Option<bool>("--json") { Description = "Print JSON for programs." };
        var command = new Command("list", "List the models with their prices in USD per million tokens.") { vendor, json };
        command.SetAction(parsed =>
        {
            var (output, catalogue) = (parsed.InvocationConfiguration.Output, ModelCatalogue.Shipped);
            if (parsed.GetValue(vendor) is { } asked && !catalogue.Vendors.Contains(asked))
                return Refuse(parsed, $"--vendor: the catalogue has no vendor '{asked}'. It has: {string.Join(", ", catalogue.Vendors)}.");
            var models = catalogue.Models.Where(model => parsed.GetValue(vendor) is null || model.Vendor == parsed.GetValue(vendor)).ToList();
            output.WriteLine(parsed.GetValue(json) ? Json(new JsonObject { ["version"] = catalogue.Version, ["models"] = new JsonArray([.. models.Select(Describe)]) }) : Table(models, catalogue));
            return 0;
        });
        return command;
    }

    private static Command CreateShow()
    {
        var name = new Argument<string>("NAME") { Description = "What a vendor calls the model, for example gpt-5-mini; VENDOR/NAME for one vendor's alone." };
        var json = new Option<bool>("--json") { Description = "Print JSON for programs." };
        var command = new Command("show", "Show all that is known of a model, for each vendor that has it.") { name, json };
        command.SetAction(parsed =>
        {
            var (output, catalogue, asked) = (parsed.InvocationConfiguration.Output, ModelCatalogue.Shipped, parsed.GetRequiredValue(name));
            var models = Find(catalogue, asked);
            if (models.Count == 0)
            {
                var near = NearestNames.Of(asked, catalogue.Models.Select(static model => model.Name).Distinct());
                return Refuse(parsed, $"The catalogue has no model '{asked}'.{(near.Count == 0 ? " See: catalogue list." : $" Did you mean {string.Join(" or ", near)}?")}");
            }

            output.WriteLine(parsed.GetValue(json) ? Json(new JsonArray([.. models.Select(Describe)])) : string.Join("\n\n", models.Select(model => Sheet(model, catalogue))));
            return 0;
        });
        return command;
    }

    private static Command CreateDiff()
    {
        var file = new Argument<FileInfo>("FILE") { Description = "A router.json, or the catalogue.json of another version." };
        var json = new Option<bool>("--json") { Description = "Print JSON for programs." };
        var command = new Command("diff", "List where the prices of a file differ from the catalogue; exit code 1 where they do.") { file, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var (output, catalogue) = (parsed.InvocationConfiguration.Output, ModelCatalogue.Shipped);
            IReadOnlyList<PriceDifference> differences;
            try
            {
                var text = await File.ReadAllBytesAsync(parsed.GetRequiredValue(file).FullName, cancellationToken);
                differences = IsCatalogue(text) ? CatalogueComparison.OfCatalogue(ModelCatalogue.Parse(text), catalogue) : CatalogueComparison.OfConfiguration(text, ProviderKinds.All, catalogue);
            }
            catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or FormatException)
            {
                return Refuse(parsed, $"{parsed.GetRequiredValue(file)}: {unreadable.Message}");
            }

            await output.WriteLineAsync(parsed.GetValue(json) ? Json(Describe(differences)) : Table(differences, catalogue));
            return differences.Count == 0 ? 0 : 1;
        });
        return command;
    }

    /// <summary>By a vendor's name for it, or by vendor and name.</summary>
    private static List<CatalogueModel> Find(ModelCatalogue catalogue, string asked)
    {
        var found = catalogue.Named(asked).ToList();
        if (found.Count == 0 && asked.IndexOf('/', StringComparison.Ordinal) is > 0 and var slash && catalogue.Find(asked[..slash], asked[(slash + 1)..]) is { } one)
            found.Add(one);
        return found;
    }

    private static bool IsCatalogue(byte[] text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("sources", out _) && document.RootElement.TryGetProperty("evidence", out _);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static string Table(List<CatalogueModel> models, ModelCatalogue catalogue)
    {
        var text = new StringBuilder();
        TextTable.AppendTo(text, ["vendor", "model", "input", "cached", "output", "window", "can"], models.Select(static model => new[]
        {
            model.Vendor, model.Name, Money(model.Config.Price, static price => price.InputPerMillion), Money(model.Config.Price, static price => price.CachedInputPerMillion),
            Money(model.Config.Price, static price => price.OutputPerMillion), model.Config.ContextWindow?.ToString("#,0", CultureInfo.InvariantCulture) ?? "unknown", string.Join(", ", model.Config.Capabilities ?? []),
        }));
        text.Append(CultureInfo.InvariantCulture, $"{Counted.Of(models.Count, "model")}, version {catalogue.Version}; USD per million tokens. More of one: catalogue show NAME");
        return text.ToString();
    }

    private static string Table(IReadOnlyList<PriceDifference> differences, ModelCatalogue catalogue)
    {
        if (differences.Count == 0)
            return $"No price differs from the catalogue, version {catalogue.Version}.";
        var text = new StringBuilder();
        TextTable.AppendTo(text, ["model", "vendor", "vendor's name", "price", "written", "catalogue"], differences.Select(static row => new[] { row.Model, row.Vendor, row.Name, row.Member, row.Written, row.Catalogue }));
        text.Append(CultureInfo.InvariantCulture, $"{Counted.Of(differences.Count, "difference")} from the catalogue, version {catalogue.Version}; USD. What is written is billed; leave out a model's price to take the catalogue's.");
        return text.ToString();
    }

    private static string Money(PriceConfig? price, Func<PriceConfig, decimal?> part) => price switch
    {
        null => "unknown",
        { Free: true } => "free",
        _ => part(price)?.ToString("0.######", CultureInfo.InvariantCulture) ?? "-",
    };

    private static string Sheet(CatalogueModel model, ModelCatalogue catalogue)
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"{model.Name} at {model.Vendor}, version {catalogue.Version}");
        Append("Released", model.Released);
        Append("Price of", model.Priced is { } day ? $"{day}{(model.Note is { } note ? $"; {note}" : "")}" : "unknown: it must be written");
        Append("Takes", string.Join(", ", model.InputModalities));
        Append("Thinks", model.Reasoning is { } reasoning ? $"{reasoning.Form}{(reasoning.Levels.IsEmpty ? "" : $": {string.Join(", ", reasoning.Levels)}")}{(reasoning.MinTokens is { } least ? $", from {least} tokens" : "")}" : null);
        Append("Tokenizer", model.Tokenizer);
        Append("API", model.NeedsResponses ? "OpenAI's responses alone" : null);
        Append("Quality", model.IsEstimated ? $"estimated from price, age and family{(model.Evidence.IsEmpty ? "" : ", for code from these results too")}" : null);
        foreach (var evidence in model.Evidence)
            text.AppendLine(CultureInfo.InvariantCulture, $"             {evidence.Benchmark} {evidence.Score:0.##} ({evidence.Source})");
        text.Append(Json(new JsonObject { [model.Name] = JsonNode.Parse(model.ConfigJson.GetRawText()) }));
        return text.ToString();

        void Append(string label, string? value)
        {
            if (value is { Length: > 0 })
                text.AppendLine(CultureInfo.InvariantCulture, $"  {label,-10} {value}");
        }
    }

    private static JsonObject Describe(CatalogueModel model) => new()
    {
        ["vendor"] = model.Vendor,
        ["name"] = model.Name,
        ["released"] = model.Released,
        ["priced"] = model.Priced,
        ["note"] = model.Note,
        ["tokenizer"] = model.Tokenizer,
        ["estimated"] = model.IsEstimated,
        ["evidence"] = new JsonArray([.. model.Evidence.Select(static evidence => (JsonNode)new JsonObject { ["task"] = evidence.Task, ["name"] = evidence.Benchmark, ["score"] = evidence.Score, ["source"] = evidence.Source })]),
        ["config"] = JsonNode.Parse(model.ConfigJson.GetRawText()),
    };

    private static JsonArray Describe(IReadOnlyList<PriceDifference> differences) => new([.. differences.Select(static row => (JsonNode)new JsonObject
    {
        ["model"] = row.Model, ["vendor"] = row.Vendor, ["name"] = row.Name, ["price"] = row.Member, ["written"] = row.Written, ["catalogue"] = row.Catalogue,
    })]);

    private static string Json(JsonNode node) => node.ToJsonString(Plain);

    private static int Refuse(ParseResult parsed, string message)
    {
        parsed.InvocationConfiguration.Error.WriteLine(message);
        return 1;
    }
}
