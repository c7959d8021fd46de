using System.Text.Json;
using System.Text.RegularExpressions;

namespace ServerlessRouter.Tools.Catalogue;

/// <summary>The prices of pydantic/genai-prices on one day.</summary>
internal sealed class PriceList
{
    private readonly Dictionary<string, List<JsonElement>> _models = [];
    private readonly string _date;

    private PriceList(JsonElement providers, string date)
    {
        _date = date;
        foreach (var provider in providers.EnumerateArray())
            _models.Add(provider.GetProperty("id").GetString()!, [.. provider.GetProperty("models").EnumerateArray()]);
    }

    public static PriceList Read(FileInfo file, string date)
    {
        using var stream = file.OpenRead();
        using var document = JsonDocument.Parse(stream);
        return new PriceList(document.RootElement.Clone(), date);
    }

    /// <summary>The names a provider's models are matched by exactly.</summary>
    public IEnumerable<string> Names(string provider) => _models[provider].SelectMany(static model => ExactNames(model.GetProperty("match")));

    /// <summary>The price of a model; null where it is not known.</summary>
    public ListedPrice? Find(string provider, string name) => _models.TryGetValue(provider, out var models)
        ? models.Where(model => Matches(model.GetProperty("match"), name.ToLowerInvariant())).Select(Price).FirstOrDefault()
        : null;

    private static IEnumerable<string> ExactNames(JsonElement match)
    {
        foreach (var clause in match.EnumerateObject())
        {
            if (clause.Name == "equals")
                yield return clause.Value.GetString()!;
            else if (clause.Name == "or")
            {
                foreach (var name in clause.Value.EnumerateArray().SelectMany(ExactNames))
                    yield return name;
            }
        }
    }

    private static bool Matches(JsonElement match, string name) => match.EnumerateObject().All(clause => clause.Name switch
    {
        "equals" => string.Equals(name, clause.Value.GetString(), StringComparison.OrdinalIgnoreCase),
        "starts_with" => name.StartsWith(clause.Value.GetString()!.ToLowerInvariant(), StringComparison.Ordinal),
        "ends_with" => name.EndsWith(clause.Value.GetString()!.ToLowerInvariant(), StringComparison.Ordinal),
        "contains" => name.Contains(clause.Value.GetString()!.ToLowerInvariant(), StringComparison.Ordinal),
        "regex" => Regex.IsMatch(name, clause.Value.GetString()!, RegexOptions.None, TimeSpan.FromSeconds(1)),
        "or" => clause.Value.EnumerateArray().Any(inner => Matches(inner, name)),
        "and" => clause.Value.EnumerateArray().All(inner => Matches(inner, name)),
        _ => throw new InvalidDataException($"A match by {clause.Name} is not known."),
    });

    /// <summary>Of several prices the last that has begun; one that holds at some hours only is told by a note.</summary>
    private ListedPrice? Price(JsonElement model)
    {
        var prices = model.GetProperty("prices");
        var context = model.TryGetProperty("context_window", out var window) && window.ValueKind == JsonValueKind.Number ? window.GetInt32() : (int?)null;
        if (prices.ValueKind == JsonValueKind.Object)
            return Read(prices, context, null, null);
        (JsonElement Price, string? Since) chosen = default;
        string? note = null;
        foreach (var dated in prices.EnumerateArray())
        {
            var price = dated.GetProperty("prices");
            var since = dated.TryGetProperty("constraint", out var constraint) && constraint.TryGetProperty("start_date", out var start) ? start.GetString()![..10] : null;
            if (dated.TryGetProperty("constraint", out constraint) && constraint.TryGetProperty("start_time", out var from))
                note = $"{(note is null ? "other prices at some hours:" : $"{note};")} {from.GetString()![..5]} to {constraint.GetProperty("end_time").GetString()![..5]} UTC input {Text(price, "input_mtok")}, output {Text(price, "output_mtok")}";
            else if (since is null || string.CompareOrdinal(since, _date) <= 0)
                chosen = (price, since);
        }

        return Read(chosen.Price, context, chosen.Since, note);
    }

    private static string Text(JsonElement price, string member) => price.TryGetProperty(member, out var value) ? value.GetRawText() : "?";

    private static ListedPrice? Read(JsonElement price, int? context, string? since, string? note)
    {
        if (!price.TryGetProperty("input_mtok", out _))
            return null;
        var starts = new SortedSet<int>();
        foreach (var part in price.EnumerateObject().Where(static part => part.Value.ValueKind == JsonValueKind.Object))
            starts.UnionWith(part.Value.GetProperty("tiers").EnumerateArray().Select(static tier => tier.GetProperty("start").GetInt32()));
        return new ListedPrice(At(0)!, [.. starts.Select(start => new PriceAbove(start, At(start)!))], PerRequest(price)) { Context = context, Since = since, Note = note };

        TokenPrice? At(int start) => new(Part("input_mtok", start) ?? 0, Part("cache_read_mtok", start), Part("cache_write_mtok", start), Part("cache_write_1h_mtok", start), Part("output_mtok", start) ?? 0);

        decimal? Part(string name, int start)
        {
            if (!price.TryGetProperty(name, out var part))
                return null;
            if (part.ValueKind == JsonValueKind.Number)
                return part.GetDecimal();
            var tier = part.GetProperty("tiers").EnumerateArray().Where(tier => tier.GetProperty("start").GetInt32() <= start).LastOrDefault();
            return start > 0 && tier.ValueKind == JsonValueKind.Object ? tier.GetProperty("price").GetDecimal() : part.GetProperty("base").GetDecimal();
        }
    }

    private static decimal? PerRequest(JsonElement price) => price.TryGetProperty("requests_kcount", out var thousand) ? thousand.GetDecimal() / 1000 : null;
}

/// <summary>A list price.</summary>
internal sealed record ListedPrice(TokenPrice Base, IReadOnlyList<PriceAbove> Above, decimal? PerRequest = null)
{
    public int? Context { get; init; }

    /// <summary>The day it began; null where the source names none.</summary>
    public string? Since { get; init; }

    public string? Note { get; init; }
}

/// <summary>USD per million tokens.</summary>
internal sealed record TokenPrice(decimal Input, decimal? Cached, decimal? Write, decimal? HourWrite, decimal Output);

/// <summary>The price above so many tokens of prompt.</summary>
internal sealed record PriceAbove(int Tokens, TokenPrice Price);
