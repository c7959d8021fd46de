using System.Collections.Immutable;
using ServerlessRouter.Configuration.Written;
using ServerlessRouter.Domain;

namespace ServerlessRouter.Configuration.Validation;

/// <summary>Checks that each rule can match, is reached, and uses models that can do what it demands.</summary>
internal sealed class RuleValidator : IConfigValidator
{
    public void Validate(ValidationContext context)
    {
        foreach (var (name, route) in context.Config.Routes.Entries())
        {
            var path = $"{ConfigPath.Member("routes", name)}.rules";
            var earlier = new List<(string Path, ImmutableArray<ConditionModel> Conditions)>();
            foreach (var (place, rule) in route.Rules.Entries())
            {
                var rulePath = ConfigPath.Item(path, place);
                var own = new Findings();
                var conditions = ConditionReader.Read(rule.When, $"{rulePath}.when", own);
                ModelReferences.Validate(rule.Use, $"{rulePath}.use", "a rule", context);
                ValidateTiers(name, rulePath, rule, conditions, context);
                ValidateAbilities(rule, rulePath, conditions, context);

                // What could not be read would make a rule look wider than it is.
                var isWhole = own.Errors.IsEmpty && !HasUnreadMembers(rulePath, context.Findings);
                foreach (var problem in own.Errors)
                    context.Findings.Error(problem.Path, problem.Message);
                if (!isWhole)
                    continue;
                if (earlier.Find(rule => RuleCoverage.Covers(rule.Conditions, conditions)) is { Path: { } coveredBy })
                {
                    context.Findings.Error(
                        rulePath, $"can never match: {coveredBy} comes first and matches everything this one does; move it up or narrow the other");
                }
                else
                {
                    earlier.Add((rulePath, conditions));
                }
            }
        }
    }

    private static bool HasUnreadMembers(string rulePath, Findings findings) =>
        findings.Errors.Any(problem => problem.Path.StartsWith($"{rulePath}.when", StringComparison.Ordinal));

    private static void ValidateTiers(
        string route, string rulePath, RuleConfig rule, ImmutableArray<ConditionModel> conditions, ValidationContext context)
    {
        string[] tiers = [.. context.Config.Tiers.Names().Union([TierModel.DefaultName])];
        foreach (var condition in conditions.Where(static condition => condition.Policy == ConditionNames.Tier))
        {
            foreach (var unknown in condition.Values.Except(tiers))
            {
                var place = condition.Values.IndexOf(unknown);
                var isList = rule.When![ConditionNames.Tier].ValueKind == System.Text.Json.JsonValueKind.Array;
                var path = $"{rulePath}.when.{ConditionNames.Tier}";
                context.Findings.Error(isList ? ConfigPath.Item(path, place) : path, UnknownNames.Reference("tier", unknown, tiers));
            }

            if (condition.Values.All(tier => tiers.Contains(tier) && MayNotAsk(context.Config, tier, route)))
            {
                context.Findings.Error(
                    $"{rulePath}.when.{ConditionNames.Tier}", $"can never hold: tiers.routes lets none of {Quoted.List(condition.Values)} ask for this route");
            }
        }
    }

    // A tier that names something unknown is reported there; what it was meant to allow is open.
    private static bool MayNotAsk(RouterConfig config, string tier, string route) =>
        config.Tiers?.GetValueOrDefault(tier)?.Routes is { Count: > 0 } allowed && !allowed.Contains(route)
        && allowed.All(target => target is not null && (config.Routes?.ContainsKey(target) == true || config.Models?.ContainsKey(target) == true));

    private static void ValidateAbilities(RuleConfig rule, string rulePath, ImmutableArray<ConditionModel> conditions, ValidationContext context)
    {
        var needs = conditions.Where(static condition => condition.Policy == ConditionNames.Needs).Select(static condition => condition.Values[0]).ToList();
        var tokens = conditions.FirstOrDefault(static condition => condition.Policy == ConditionNames.PromptTokens)?.Minimum ?? 0;
        foreach (var (place, name) in rule.Use.Entries())
        {
            if (context.Config.Models is not { } models || !models.TryGetValue(name, out var model) || model is null)
                continue;
            var path = ConfigPath.Item($"{rulePath}.use", place);
            var lacking = CapabilityNames.Of(ModelAbilities.Demanded(needs) & ~ModelAbilities.Of(model)).ToList();
            if (lacking.Count > 0)
                context.Findings.Error(path, $"uses {Quoted.Text(name)}, which lacks what the rule demands in when.needs: {Quoted.List(lacking)}");
            else if (tokens >= model.ContextWindow)
            {
                context.Findings.Error(
                    path, $"uses {Quoted.Text(name)}, whose contextWindow of {model.ContextWindow} cannot hold the {tokens} promptTokens the rule demands");
            }
        }
    }
}

/// <summary>Says whether a rule leaves anything to a later one.</summary>
internal static class RuleCoverage
{
    /// <summary>Whether every request the later rule matches is matched by the earlier one already.</summary>
    public static bool Covers(ImmutableArray<ConditionModel> earlier, ImmutableArray<ConditionModel> later) =>
        earlier.All(wide => later.Any(narrow => Implies(narrow, wide)));

    private static bool Implies(ConditionModel narrow, ConditionModel wide)
    {
        if (narrow.Policy != wide.Policy || !string.Equals(narrow.Key, wide.Key, KeyComparison(wide.Policy)))
            return false;
        if (wide.Values.IsEmpty != narrow.Values.IsEmpty)
            return false;
        return wide.Values.IsEmpty
            ? (wide.Minimum ?? double.NegativeInfinity) <= (narrow.Minimum ?? double.NegativeInfinity)
                && (wide.Maximum ?? double.PositiveInfinity) >= (narrow.Maximum ?? double.PositiveInfinity)
            : narrow.Values.All(value => wide.Values.Contains(value));
    }

    private static StringComparison KeyComparison(string policy) =>
        policy == ConditionNames.Headers ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
}
