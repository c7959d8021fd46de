using ServerlessRouter.Domain;

namespace ServerlessRouter.Tools.Catalogue;

/// <summary>Expected quality for each task: from public results where there are some, else estimated from price, age and family.</summary>
/// <remarks>
/// Prices rank a generation of models, and a generation gains on the last: the logarithm of the price of three tokens in and one out, less half a hundredth for each month of age, and more for a model that
/// thinks. Tasks that are easy for all lie closer together than hard ones. Benchmarks have scales of their own, and each was taken by other models: a score counts as so much more or less than was estimated for
/// the models that took it, and weighs the more the more benchmarks there are.
/// </remarks>
internal sealed class Quality
{
    private const double Cheapest = 0.03, Dearest = 20, Floor = 0.30, Ceiling = 0.95;
    private const int FewestResults = 6;

    private readonly Dictionary<string, List<(string Name, double Score, string Source)>> _results = [];
    private readonly Dictionary<string, Scale> _scales;
    private readonly Dictionary<string, decimal> _prices = [];
    private readonly DateOnly _date;

    public Quality(ModelList models, string date)
    {
        _date = DateOnly.ParseExact(date, "yyyy-MM-dd");
        foreach (var model in models.All)
        {
            foreach (var result in model.Benchmarks)
                Keep(ModelKey.Of(model.Name), result);
            if (model.Price is { Base: { Input: > 0 } price })
                _prices[ModelKey.Of(model.Name)] = Math.Max(_prices.GetValueOrDefault(ModelKey.Of(model.Name)), Blend(price));
        }

        var estimates = models.All.GroupBy(static model => ModelKey.Of(model.Name)).ToDictionary(
            static group => group.Key, group => ForTask("code", Overall(group.First().Name, group.First(), group.First().Price, group.First().Released), group.First()));
        _scales = _results.SelectMany(static entry => entry.Value.Select(result => (entry.Key, result.Name, result.Score))).GroupBy(static result => result.Name)
            .Where(static group => group.Count() >= FewestResults)
            .ToDictionary(static group => group.Key, group => Scale.Of([.. group.Select(result => (result.Score, estimates[result.Key]))]));
    }

    /// <summary>Of several runs of one benchmark the best.</summary>
    private void Keep(string key, (string Name, double Score, string Source) result)
    {
        var known = _results.TryGetValue(key, out var list) ? list : _results[key] = [];
        var place = known.FindIndex(other => other.Name == result.Name);
        if (place < 0)
            known.Add(result);
        else if (known[place].Score < result.Score)
            known[place] = result;
    }

    /// <summary>The figures, and the results that that of code rests on.</summary>
    public (IReadOnlyList<(string Task, double Quality)> Figures, IReadOnlyList<(string Name, double Score, string Source)> Evidence) Of(string name, ListedModel facts, ListedPrice? price, string? released)
    {
        var overall = Overall(name, facts, price, released);
        var evidence = _results.GetValueOrDefault(ModelKey.Of(name), []).Where(result => _scales.ContainsKey(result.Name)).ToList();
        var figures = new List<(string, double)> { ("default", Rounded(overall)) };
        foreach (var task in TaskKinds.WireNames)
        {
            var estimate = ForTask(task, overall, facts);
            figures.Add((task, Rounded(task == "code" ? (estimate + evidence.Sum(result => _scales[result.Name].QualityOf(result.Score))) / (1 + evidence.Count) : estimate)));
        }

        return (figures, evidence);
    }

    private double Overall(string name, ListedModel facts, ListedPrice? price, string? released)
    {
        var blended = (double)Math.Max(_prices.GetValueOrDefault(ModelKey.Of(name)), price is null ? 0 : Blend(price.Base));
        var place = blended <= 0 ? 0.3 : Math.Clamp(Math.Log(blended / Cheapest) / Math.Log(Dearest / Cheapest), 0, 1);
        var months = released is { Length: >= 7 } day ? ((_date.Year - int.Parse(day[..4])) * 12) + _date.Month - int.Parse(day[5..7]) : 2;
        return Math.Clamp(0.54 + (0.40 * place) - (0.005 * months) + (facts.Reasons ? 0.05 : 0), Floor, Ceiling);
    }

    private static double ForTask(string task, double overall, ListedModel facts) => task switch
    {
        "code" => overall - 0.03 + (facts.Family.Contains("cod", StringComparison.Ordinal) || facts.Name.Contains("cod", StringComparison.OrdinalIgnoreCase) ? 0.06 : 0),
        "math" or "reasoning" => overall - 0.06 + (facts.Reasons ? 0.06 : -0.04),
        "factual_qa" => overall,
        "creative" => overall + 0.02,
        _ => overall + (0.45 * (Ceiling - overall)),
    };

    private static decimal Blend(TokenPrice price) => ((3 * price.Input) + price.Output) / 4;

    private static double Rounded(double quality) => Math.Round(Math.Clamp(quality, Floor, Ceiling), 2);
}

/// <summary>A benchmark's scores beside the qualities estimated for the models that took it.</summary>
internal sealed record Scale(double MeanScore, double ScoreDeviation, double MeanQuality, double QualityDeviation)
{
    public static Scale Of(IReadOnlyList<(double Score, double Quality)> results)
    {
        var (score, quality) = (results.Average(static result => result.Score), results.Average(static result => result.Quality));
        return new Scale(
            score, Math.Sqrt(results.Average(result => (result.Score - score) * (result.Score - score))), quality, Math.Sqrt(results.Average(result => (result.Quality - quality) * (result.Quality - quality))));
    }

    public double QualityOf(double score) => ScoreDeviation == 0 ? MeanQuality : MeanQuality + ((score - MeanScore) / ScoreDeviation * QualityDeviation);
}
