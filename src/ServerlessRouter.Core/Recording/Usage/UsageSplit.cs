using System.Runtime.InteropServices;
using ServerlessRouter.Chat;
using ServerlessRouter.Domain;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Recording.Usage;

/// <summary>Splits a settled request among the deployments that were called for it; the request itself counts with the one that answered, or with none.</summary>
internal static class UsageSplit
{
    private const int Answered = 200;

    public static List<UsageEntry> Of(RequestContext context, DateTimeOffset hour)
    {
        var entries = new List<UsageEntry>(1);
        AddTo(entries, context, hour);
        return entries;
    }

    public static void AddTo(List<UsageEntry> entries, RequestContext context, DateTimeOffset hour)
    {
        var dimensions = context.IsProbe
            ? new UsageDimensions { Key = UsageDimensions.ProbesKey, Route = context.Route?.Name, Status = context.Error?.Status ?? Answered }
            : Asked(context);
        if (!context.IsProbe)
            Add(entries, hour, Answering(dimensions, context), Request(context));
        foreach (var attempt in context.Attempts)
            Add(entries, hour, dimensions, attempt);
        if (!context.HasSideCalls)
            return;
        foreach (var asked in context.SideCalls)
            Add(entries, hour, dimensions, asked);
    }

    private static UsageDimensions Asked(RequestContext context) => new()
    {
        Key = context.CallerName,
        Tier = context.Tier.Name,
        Tags = context.Caller is { } caller ? UsageTags.Write(caller.Tags) : null,
        Route = context.Route?.Name,
        ModelAsked = AskedOf(context.Request) is { } asked ? UsageFolding.Short(asked) : null,
        Task = context.Profile?.Task?.ToWireName(),
        Status = context.Error?.Status ?? Answered,
    };

    /// <summary>The first name of those who list several.</summary>
    private static string? AskedOf(ChatRequest request) => request.Model.Length > 0 ? request.Model : request.Models is [var first, ..] ? first : null;

    private static UsageTally Request(RequestContext context)
    {
        var tally = new UsageTally { Requests = 1, Failures = context.Error is null ? 0 : 1 };
        return context.Cache?.Answer is { } replayed ? tally with { CacheHits = 1, SavedUsd = replayed.SavedUsd } : tally;
    }

    private static UsageDimensions Answering(in UsageDimensions dimensions, RequestContext context) =>
        context.Cache?.Answer is { } replayed ? dimensions with { Model = replayed.Model } : Called(dimensions, context.Answered);

    /// <summary>Adds to the entry of the same hour and dimensions, or makes one.</summary>
    public static void Add(List<UsageEntry> entries, in UsageEntry more) => Add(entries, more.Hour, more.Dimensions, more.Tally);

    private static void Add(List<UsageEntry> entries, DateTimeOffset hour, in UsageDimensions dimensions, in UsageTally tally)
    {
        foreach (ref var known in CollectionsMarshal.AsSpan(entries))
        {
            if (known.Hour != hour || known.Dimensions != dimensions)
                continue;
            known = known with { Tally = known.Tally + tally };
            return;
        }

        entries.Add(new UsageEntry(hour, dimensions, tally));
    }

    private static void Add(List<UsageEntry> entries, DateTimeOffset hour, in UsageDimensions dimensions, AttemptContext attempt)
    {
        if (!attempt.WasSent)
            return;
        var usage = attempt.Usage;
        var tally = new UsageTally
        {
            Attempts = 1,
            EstimatedAttempts = usage.IsEstimated ? 1 : 0,
            PromptTokens = usage.PromptTokens,
            CachedTokens = usage.CachedTokens,
            CacheWriteTokens = usage.CacheWriteTokens,
            HourCacheWriteTokens = usage.HourCacheWriteTokens,
            CompletionTokens = usage.CompletionTokens,
            ReasoningTokens = usage.ReasoningTokens,
            Fallbacks = attempt.Reason is AttemptReason.OtherDeployment or AttemptReason.NextModel or AttemptReason.SameAgain or AttemptReason.Reopened or AttemptReason.LastResort ? 1 : 0,
            Hedges = attempt.Reason == AttemptReason.Hedge ? 1 : 0,
            Escalations = attempt.Reason == AttemptReason.NextStep ? 1 : 0,
            FailedAttempts = attempt.Failure is { Traits.Breaker: not BreakerRule.Ignores } ? 1 : 0,
            CostUsd = attempt.CostUsd,
        };
        Add(entries, hour, Called(dimensions, attempt), tally);
    }

    private static UsageDimensions Called(in UsageDimensions dimensions, AttemptContext? attempt) =>
        dimensions with { Model = attempt?.Model.Name, Deployment = attempt?.Deployment?.Id, PriceVersion = attempt?.Model.PriceVersion is { Length: > 0 } version ? version : null };
}
