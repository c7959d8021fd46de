using System.Diagnostics;
using ServerlessRouter.Domain;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Telemetry;

/// <summary>
/// The span of one request, from its arrival at the pipeline to its settled end: what was decided, and what it came to. Names and figures alone, never a text. Tags that no step has written
/// before are added: setting one looks through all that are there.
/// </summary>
internal static class RequestSpan
{
    private const string NameBeforeRoute = "route";
    private const string UnsentAttempt = "router.attempt.unsent";

    /// <summary>Begins it, where something listens: below what is under way in the host, else below the caller's own span.</summary>
    public static void Begin(RequestContext context)
    {
        if (!RouterTelemetry.Source.HasListeners())
            return;
        ActivityContext parent = default;
        if (Activity.Current is null && context.Headers.Get(TraceHeaders.Parent) is { } caller)
            _ = ActivityContext.TryParse(caller, context.Headers.Get(TraceHeaders.State), isRemote: true, out parent);
        context.Span = RouterTelemetry.Source.StartActivity(NameBeforeRoute, ActivityKind.Internal, parent);
    }

    /// <summary>Ends it with all that is known; nothing where there is none.</summary>
    public static void End(RequestContext context, TelemetryOptions options, TimeProvider time)
    {
        if (context.Span is not { } span)
            return;
        if (span.IsAllDataRequested)
        {
            Describe(span, context, options);
            if (context.ResumePoint is null)
                span.AddTag(RouterAttributes.Overhead, RequestTimes.Of(context, time).Own.TotalSeconds);
        }

        Stop(span);
    }

    /// <summary>Ends the span of a step behind which others follow, or that broke off.</summary>
    public static void EndStep(RequestContext context)
    {
        if (context.Span is not { } span)
            return;
        if (span.IsAllDataRequested && !span.IsStopped)
        {
            Name(span, context);
            span.SetTag(RouterAttributes.RequestId, context.RequestId);
            span.SetTag(RouterAttributes.Step, true);
        }

        Stop(span);
    }

    /// <summary>Streams end elsewhere than they began, and what goes on there must not find itself below another span.</summary>
    public static void Stop(Activity span)
    {
        var current = Activity.Current;
        span.Stop();
        Activity.Current = current == span ? span.Parent : current;
    }

    private static void Describe(Activity span, RequestContext context, TelemetryOptions options)
    {
        Name(span, context);
        span.SetTag(RouterAttributes.RequestId, context.RequestId);
        span.AddTag(RouterAttributes.Tier, context.Tier.Name);
        span.AddTag(RouterAttributes.ConfigurationVersion, context.Router.Version);
        if (options.NamesKeys && context.CallerName is { } key)
            span.AddTag(RouterAttributes.Key, key);
        if (context.ResumePoint is not null)
            span.SetTag(RouterAttributes.Step, true);
        if (context.Profile?.Task is { } task)
            span.AddTag(RouterAttributes.Task, task.ToWireName());
        if (context.Plan is { } plan)
            Describe(span, plan, context);
        if (context.Cache is { } cache)
            span.AddTag(RouterAttributes.Cache, cache.Status.ToWireName());
        if (context.AnsweringModel is { } model)
            span.AddTag(RouterAttributes.Model, model);
        if (context.Answered?.Deployment is { } deployment)
            span.AddTag(RouterAttributes.Deployment, deployment.Id);
        DescribeAttempts(span, context);
        span.AddTag(RouterAttributes.Cost, (double)context.CostUsd);
        DescribeOutcome(span, context);
    }

    private static void Name(Activity span, RequestContext context)
    {
        // Admission may have refused the request before there was a route.
        if (context.Route is not { } route)
            return;
        span.DisplayName = $"{NameBeforeRoute} {route.Name}";
        span.SetTag(RouterAttributes.Route, route.Name);
    }

    private static void Describe(Activity span, RoutePlan plan, RequestContext context)
    {
        span.AddTag(RouterAttributes.Objective, plan.Objective);
        if (plan.Rule is { } rule)
            span.AddTag(RouterAttributes.Rule, rule);
        var candidates = new string[plan.Candidates.Length];
        for (var place = 0; place < candidates.Length; place++)
            candidates[place] = plan.Candidates[place].Model.Name;
        span.AddTag(RouterAttributes.Candidates, candidates);
        span.AddTag(RouterAttributes.Excluded, plan.Exclusions.Length);
        if (context.CascadeEnding is { } ending)
            span.AddTag(RouterAttributes.Cascade, CascadeExplanation.NameOf(ending));
    }

    /// <summary>What was sent has a span of its own; what was not is told here, because it explains the next attempt.</summary>
    private static void DescribeAttempts(Activity span, RequestContext context)
    {
        var sent = 0;
        foreach (var attempt in context.Attempts)
        {
            if (attempt.WasSent)
            {
                sent++;
                continue;
            }

            var tags = new ActivityTagsCollection { { RouterAttributes.Model, attempt.Model.Name }, { RouterAttributes.AttemptReason, attempt.Reason.ToWireName() } };
            if (attempt.Failure is { } failure)
                tags.Add(GenAiNames.ErrorType, failure.Kind.ToWireName());
            span.AddEvent(new ActivityEvent(UnsentAttempt, tags: tags));
        }

        span.AddTag(RouterAttributes.Attempts, sent);
        if (context.HasSideCalls)
            span.AddTag(RouterAttributes.SideCalls, context.SideCalls.Count);
    }

    private static void DescribeOutcome(Activity span, RequestContext context)
    {
        span.AddTag(RouterAttributes.Outcome, RouterMetrics.OutcomeOf(context));
        if (context.Error is not { } error)
            return;
        var code = RouterErrorTraits.Of(error.Code).Code;
        span.AddTag(GenAiNames.ErrorType, code);
        // A request that its caller got wrong, or left, is no failure of the router.
        const int ServerErrors = 500;
        if (error.Status >= ServerErrors)
            span.SetStatus(ActivityStatusCode.Error, code);
    }
}
