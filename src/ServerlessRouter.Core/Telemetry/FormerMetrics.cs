using System.Diagnostics;
using System.Diagnostics.Metrics;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Telemetry;

/// <summary>What the version before measured and has another name, or other attributes, now; goes with the next version.</summary>
internal sealed class FormerMetrics(Meter meter)
{
    private readonly Counter<long> _attempts = meter.CreateCounter<long>("router.attempts", "{attempt}", "Former name; see gen_ai.client.operation.duration");
    private readonly Counter<double> _costUsd = meter.CreateCounter<double>("router.cost", "{USD}", "Former name of router.request.cost");
    private readonly Counter<long> _tokens = meter.CreateCounter<long>("router.tokens", "{token}", "Former name; see gen_ai.client.token.usage");
    private readonly Counter<long> _cached = meter.CreateCounter<long>("router.cache", "{request}", "Former name; see the attribute router.cache of router.requests");

    public bool Enabled => _attempts.Enabled || _costUsd.Enabled || _tokens.Enabled || _cached.Enabled;

    public void Record(RequestContext context)
    {
        var route = new KeyValuePair<string, object?>("route", context.Route?.Name);
        _costUsd.Add((double)context.CostUsd, route);
        if (context.Cache is { } cache)
            _cached.Add(1, route, new("status", cache.Status.ToWireName()));
        foreach (var attempt in context.Attempts)
            Record(attempt);
        if (!context.HasSideCalls)
            return;
        foreach (var asked in context.SideCalls)
            Record(asked);
    }

    private void Record(AttemptContext attempt)
    {
        var tags = new TagList { { "deployment", attempt.Deployment?.Id }, { "failure", FailureOf(attempt) } };
        _attempts.Add(1, tags);
        _tokens.Add(attempt.Usage.PromptTokens, new("model", attempt.Model.Name), new("direction", "input"));
        _tokens.Add(attempt.Usage.CompletionTokens, new("model", attempt.Model.Name), new("direction", "output"));
    }

    private static string? FailureOf(AttemptContext attempt) =>
        attempt.Rejection is null ? attempt.Failure?.Kind.ToString() : nameof(FailureKind.CheckFailed);
}
