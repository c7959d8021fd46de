using System.Diagnostics;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Telemetry;

/// <summary>The span of one call to a vendor, by the conventions for clients of generative AI.</summary>
internal static class AttemptSpan
{
    /// <summary>Null where no listener wants it.</summary>
    public static Activity? Begin(AttemptContext attempt, DeploymentLabels labels)
    {
        var span = RouterTelemetry.Source.CreateActivity(labels.SpanName(attempt.Operation), ActivityKind.Client);
        if (span is null)
            return null;
        if (span.IsAllDataRequested)
        {
            span.SetTag(GenAiNames.OperationName, DeploymentLabels.OperationName(attempt.Operation));
            span.SetTag(GenAiNames.ProviderName, labels.Provider);
            span.SetTag(GenAiNames.RequestModel, labels.Model);
            if (labels.Host is { } host)
            {
                span.SetTag(GenAiNames.ServerAddress, host);
                span.SetTag(GenAiNames.ServerPort, labels.Port);
            }

            if (attempt.Request.Request.IsStream)
                span.SetTag(GenAiNames.RequestStream, true);
            if (attempt.Request.Request.MaxOutputTokens is { } most)
                span.SetTag(GenAiNames.RequestMaxTokens, most);
            span.SetTag(RouterAttributes.Model, attempt.Model.Name);
            span.SetTag(RouterAttributes.Deployment, labels.Id);
            span.SetTag(RouterAttributes.AttemptReason, attempt.Reason.ToWireName());
            if (attempt.Purpose is { } purpose)
                span.SetTag(RouterAttributes.AttemptPurpose, purpose);
        }

        return span.Start();
    }

    /// <summary>What the vendor calls its answer and its model, and why it stopped.</summary>
    public static void Describe(Activity span, in AnswerIdentity identity, string? finishReason)
    {
        if (identity.Id is { } id)
            span.SetTag(GenAiNames.ResponseId, id);
        if (identity.Model is { } model)
            span.SetTag(GenAiNames.ResponseModel, model);
        if (finishReason is { Length: > 0 })
            span.SetTag(GenAiNames.FinishReasons, new[] { finishReason });
    }

    public static void End(Activity span, AttemptContext attempt, GenAiConventions conventions, TimeProvider time)
    {
        if (span.IsAllDataRequested)
            DescribeEnd(span, attempt, conventions, time);
        RequestSpan.Stop(span);
    }

    private static void DescribeEnd(Activity span, AttemptContext attempt, GenAiConventions conventions, TimeProvider time)
    {
        if (attempt.FirstTokenAt != 0 && attempt.Request.Request.IsStream)
            span.SetTag(GenAiNames.ResponseTimeToFirstChunk, time.GetElapsedTime(attempt.StartedAt, attempt.FirstTokenAt).TotalSeconds);
        var usage = attempt.Usage;
        if (usage.TotalTokens > 0)
        {
            span.SetTag(GenAiNames.InputTokens, usage.PromptTokens);
            if (attempt.Operation == AttemptOperation.Chat)
                span.SetTag(GenAiNames.OutputTokens, usage.CompletionTokens);
            if (usage.CachedTokens > 0)
                span.SetTag(GenAiNames.CacheReadTokens, usage.CachedTokens);
            if (usage.CacheWriteTokens > 0 && conventions.HasFlag(GenAiConventions.V141))
                span.SetTag(GenAiNames.CacheCreationTokens, usage.CacheWriteTokens);
            if (usage.CacheWriteTokens > 0 && conventions.HasFlag(GenAiConventions.Latest))
                span.SetTag(GenAiNames.CacheWriteTokens, usage.CacheWriteTokens);
            if (usage.ReasoningTokens > 0)
                span.SetTag(GenAiNames.ReasoningTokens, usage.ReasoningTokens);
            if (usage.IsEstimated)
                span.SetTag(RouterAttributes.UsageEstimated, true);
            span.SetTag(RouterAttributes.AttemptCost, (double)attempt.CostUsd);
        }

        if (attempt.Failure is not { } failure)
            return;
        var kind = failure.Kind.ToWireName();
        span.SetTag(GenAiNames.ErrorType, kind);
        // Another answer was faster, or the caller had gone: nothing is wrong with the vendor.
        if (failure.Kind is not (FailureKind.Outraced or FailureKind.ClientLeft))
            span.SetStatus(ActivityStatusCode.Error, kind);
    }
}
