using ServerlessRouter.Configuration.Written;

namespace ServerlessRouter.Configuration.Validation;

/// <summary>Checks the limits that callers share: their names, and that each is of one thing there is.</summary>
internal sealed class SharedLimitValidator : IConfigValidator
{
    private const int MaxNameLength = 64;

    public void Validate(ValidationContext context)
    {
        var (config, findings) = (context.Config, context.Findings);
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (place, limit) in config.Limits.Entries())
        {
            var path = ConfigPath.Item("limits", place);
            if (limit.Name is { } name)
                ValidateName(name, names, $"{path}.name", findings);
            if (limit is { RequestsPerMinute: null, TokensPerMinute: null, ConcurrentRequests: null, Budget: null } && !IsAnyWrong(path, findings))
                findings.Error(path, "limits nothing; write requestsPerMinute, tokensPerMinute, concurrentRequests or budget");
            if (limit.For is { } subject)
                ValidateSubject(subject, $"{path}.for", config, findings);
        }
    }

    private static bool IsAnyWrong(string path, Findings findings) =>
        findings.IsWrong($"{path}.requestsPerMinute") || findings.IsWrong($"{path}.tokensPerMinute") || findings.IsWrong($"{path}.concurrentRequests") || findings.IsWrong($"{path}.budget");

    private static void ValidateName(string name, HashSet<string> names, string path, Findings findings)
    {
        if (name.Length > MaxNameLength || name.Any(static letter => !char.IsAsciiLetterOrDigit(letter) && letter is not ('-' or '_')))
            findings.Error(path, $"is {Quoted.Text(name)}, but must have 1 to {MaxNameLength} letters, digits, - and _: it travels in headers and names rows of the store");
        else if (!names.Add(name))
            findings.Error(path, $"is {Quoted.Text(name)}, as another limit is called; choose another name");
    }

    private static void ValidateSubject(LimitSubjectConfig subject, string path, RouterConfig config, Findings findings)
    {
        var written = (subject.Route is null ? 0 : 1) + (subject.Model is null ? 0 : 1) + (subject.Tier is null ? 0 : 1) + (subject.Tag is null ? 0 : 1);
        if (written != 1 && !findings.HasErrors)
            findings.Error(path, $"names {(written == 0 ? "nothing" : $"{written} things")}, but a limit is of exactly one: route, model, tier or tag");
        string[] routes = [.. config.Routes.Names(), .. config.Models.Names()];
        string[] models = [.. config.Models.Names()];
        string[] tiers = [.. config.Tiers.Names().Union([TierModel.DefaultName])];
        if (subject.Route is { } route && !routes.Contains(route))
            findings.Error($"{path}.route", UnknownNames.Reference("route or model", route, routes));
        if (subject.Model is { } model && !models.Contains(model))
            findings.Error($"{path}.model", UnknownNames.Reference("model", model, models));
        if (subject.Tier is { } tier && !tiers.Contains(tier))
            findings.Error($"{path}.tier", UnknownNames.Reference("tier", tier, tiers));
        if (subject.Tag is { Count: not 1 })
            findings.Error($"{path}.tag", $"has {subject.Tag.Count} names, but must have one with its value, such as {{\"team\": \"search\"}}");
    }
}
