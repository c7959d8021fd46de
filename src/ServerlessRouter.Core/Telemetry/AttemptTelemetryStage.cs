using ServerlessRouter.Configuration;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Telemetry;

/// <summary>Around the call itself: its span, and what the conventions measure of it. A request that nothing watches is handed on at once.</summary>
internal sealed class AttemptTelemetryStage(AttemptMetrics metrics, TelemetryOptions options, TimeProvider time) : IAttemptStage
{
    private readonly ConfigurationTable<DeploymentModel, DeploymentLabels> _labels = new();

    /// <summary>Drops what belongs to no deployment of this configuration.</summary>
    public void Follow(RouterModel router) => _labels.KeepOnly(router.Models.SelectMany(static model => model.Deployments));

    public ValueTask<AttemptResult> InvokeAsync(AttemptContext attempt, NextAttemptStage next, CancellationToken cancellationToken)
    {
        var isTraced = RouterTelemetry.Source.HasListeners();
        if (!isTraced && !metrics.Enabled)
            return next(attempt, cancellationToken);
        var labels = _labels.Of(attempt.Deployment!, static deployment => new DeploymentLabels(deployment));
        attempt.AddListener(new WatchedAttempt(labels, metrics, options.Conventions, time));
        return isTraced ? TraceAsync(attempt, labels, next, cancellationToken) : next(attempt, cancellationToken);
    }

    /// <summary>What runs inside stands below the span; what comes after does not.</summary>
    private static async ValueTask<AttemptResult> TraceAsync(AttemptContext attempt, DeploymentLabels labels, NextAttemptStage next, CancellationToken cancellationToken)
    {
        attempt.Span = AttemptSpan.Begin(attempt, labels);
        var result = await next(attempt, cancellationToken).ConfigureAwait(false);
        if (attempt.Span is not { IsAllDataRequested: true } span)
            return result;
        if (result.Answer is { } answer)
            AttemptSpan.Describe(span, AnswerIdentity.OfDocument(answer.Body.Span), answer.FinishReason);
        return result.Stream is { } stream ? new TracedStream(stream, span) : result;
    }
}

/// <summary>Hears of the settled end of one call.</summary>
internal sealed class WatchedAttempt(DeploymentLabels labels, AttemptMetrics metrics, GenAiConventions conventions, TimeProvider time) : IAttemptListener
{
    public void OnEnded(AttemptContext attempt)
    {
        // What a provider could not express never left.
        if (attempt.WasSent)
            metrics.Record(attempt, labels, time);
        if (attempt.Span is { } span)
            AttemptSpan.End(span, attempt, conventions, time);
    }
}
