using System.Diagnostics;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Telemetry;

/// <summary>The span of one call to a vendor, by the conventions for clients of generative AI. Tags that are written once are added: setting one looks through all that are there.</summary>
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
            span.AddTag(GenAiNames.OperationName, DeploymentLabels.OperationName(attempt.Operation));
            span.AddTag(GenAiNames.ProviderName, labels.Provider);
            span.AddTag(GenAiNames.RequestModel, labels.Model);
            if (labels.Host is { } host)
            {
                span.AddTag(GenAiNames.ServerAddress, host);
                span.AddTag(GenAiNames.ServerPort, labels.Port);
            }

            if (attempt.Request.Request.IsStream)
                span.AddTag(GenAiNames.RequestStream, true);
            if (attempt.Request.Request.MaxOutputTokens is { } most)
                span.AddTag(GenAiNames.RequestMaxTokens, most);
            span.AddTag(RouterAttributes.Model, attempt.Model.Name);
            span.AddTag(RouterAttributes.Deployment, labels.Id);
            span.AddTag(RouterAttributes.AttemptReason, attempt.Reason.ToWireName());
            if (attempt.Purpose is { } purpose)
                span.AddTag(RouterAttributes.AttemptPurpose, purpose);
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
            span.AddTag(GenAiNames.ResponseTimeToFirstChunk, time.GetElapsedTime(attempt.StartedAt, attempt.FirstTokenAt).TotalSeconds);
        var usage = attempt.Usage;
        if (usage.TotalTokens > 0)
        {
            span.AddTag(GenAiNames.InputTokens, usage.PromptTokens);
            if (attempt.Operation == AttemptOperation.Chat)
                span.AddTag(GenAiNames.OutputTokens, usage.CompletionTokens);
            if (usage.CachedTokens > 0)
                span.AddTag(GenAiNames.CacheReadTokens, usage.CachedTokens);
            if (usage.CacheWriteTokens > 0 && conventions.HasFlag(GenAiConventions.V141))
                span.AddTag(GenAiNames.CacheCreationTokens, usage.CacheWriteTokens);
            if (usage.CacheWriteTokens > 0 && conventions.HasFlag(GenAiConventions.Latest))
                span.AddTag(GenAiNames.CacheWriteTokens, usage.CacheWriteTokens);
            if (usage.ReasoningTokens > 0)
                span.AddTag(GenAiNames.ReasoningTokens, usage.ReasoningTokens);
            if (usage.IsEstimated)
                span.AddTag(RouterAttributes.UsageEstimated, true);
            span.AddTag(RouterAttributes.AttemptCost, (double)attempt.CostUsd);
        }

        if (attempt.Failure is not { } failure)
            return;
        var kind = failure.Kind.ToWireName();
        span.AddTag(GenAiNames.ErrorType, kind);
        // Another answer was faster, or the caller had gone: nothing is wrong with the vendor.
        if (failure.Kind is not (FailureKind.Outraced or FailureKind.ClientLeft))
            span.SetStatus(ActivityStatusCode.Error, kind);
    }
}
