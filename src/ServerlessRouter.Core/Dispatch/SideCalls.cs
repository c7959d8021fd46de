using System.Buffers;
using System.Text.Json;
using ServerlessRouter.Chat;
using ServerlessRouter.Configuration;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Dispatch;

/// <summary>Makes side calls through the pipeline of attempts, so that balancing, breakers and books hold for them as for any other call.</summary>
internal sealed class SideCalls(NextAttemptStage attempts, IDeploymentFilterSource filters, TimeProvider time) : ISideCalls
{
    // A rough figure will do: it counts only where a vendor reports no usage.
    private const int BytesPerToken = 4;

    public async ValueTask<SideCallResult> AskAsync(SideCall call, CancellationToken cancellationToken)
    {
        if (!TryFindFilter(call, out var filter))
            return SideCallResult.Failed("the request's own demands allow no deployment of it");

        using var request = Scan(call.Body.Span);
        var attempt = new AttemptContext(ContextOf(call, request, filter), call.Model, DeploymentChoice.Fresh)
        {
            Reason = AttemptReason.SideCall,
            Purpose = call.Purpose,
            StartedAt = time.GetTimestamp(),
        };
        call.Asker.SideCalls.Add(attempt);
        using var guard = new AttemptGuard(call.Within, time, cancellationToken);
        try
        {
            return await AskAsync(attempt, guard).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested && guard.HasFired)
        {
            return Fail(attempt, new AttemptFailure(FailureKind.DeadlinePassed, $"it took more than {call.Within.TotalSeconds:0.###} s"));
        }
        finally
        {
            if (!attempt.HasEnded)
                Settlement.Failed(attempt, time.GetTimestamp(), new AttemptFailure(FailureKind.ClientLeft, "The caller left before the answer."));
        }
    }

    private async ValueTask<SideCallResult> AskAsync(AttemptContext attempt, AttemptGuard guard)
    {
        var result = await attempts(attempt, guard.Token).ConfigureAwait(false);
        if (result.Failure is { } failure)
            return Fail(attempt, failure);
        if (result.Stream is { } stream)
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            return Fail(attempt, new AttemptFailure(FailureKind.CutBeforeCommit, "it answered in pieces"));
        }

        using var answer = result.Answer!;
        Settlement.Answered(attempt, time.GetTimestamp(), answer.Usage, answer.ContentBytes);
        return ContentOf(answer) is { } text ? SideCallResult.Answered(text) : SideCallResult.Failed("its answer has no text");
    }

    private SideCallResult Fail(AttemptContext attempt, AttemptFailure failure)
    {
        Settlement.Failed(attempt, time.GetTimestamp(), failure);
        return SideCallResult.Failed(failure.Detail);
    }

    /// <summary>Once the request is planned its filter is known.</summary>
    private bool TryFindFilter(SideCall call, out IDeploymentFilter? filter)
    {
        filter = null;
        if (call.Asker.Plan is { } plan)
            filter = plan.DeploymentFilter;
        else if (filters.Read(call.Asker, out filter) is not null)
            return false;
        var demands = filter;
        return demands is null || call.Model.Deployments.Any(deployment => demands.Allows(call.Model, deployment));
    }

    private RequestContext ContextOf(SideCall call, ChatRequest request, IDeploymentFilter? filter) =>
        new(call.Asker.RequestId, call.Asker.Router, request, call.Asker.Headers, time.GetTimestamp())
        {
            CallerName = call.Asker.CallerName,
            Tier = call.Asker.Tier,
            Route = call.Asker.Route,
            Profile = new RequestProfile { PromptTokens = request.Length / BytesPerToken, Needs = request.Needs },
            Plan = new RoutePlan { Candidates = [], Exclusions = [], Objective = ObjectiveNames.Order, DeploymentFilter = filter },
        };

    private static ChatRequest Scan(ReadOnlySpan<byte> body)
    {
        var pooled = ArrayPool<byte>.Shared.Rent(body.Length);
        body.CopyTo(pooled);
        if (ChatRequestScanner.TryScan(pooled, body.Length, out var request, out var error))
            return request;
        ArrayPool<byte>.Shared.Return(pooled);
        throw new InvalidOperationException($"a stage asked with a body that is no chat request: {error.Message}");
    }

    private static string? ContentOf(ChatAnswer answer)
    {
        try
        {
            using var document = JsonDocument.Parse(answer.Body);
            return document.RootElement.TryGetProperty("choices"u8, out var choices) && choices.ValueKind == JsonValueKind.Array && choices.GetArrayLength() > 0
                && choices[0].ValueKind == JsonValueKind.Object && choices[0].TryGetProperty("message"u8, out var message)
                && message.ValueKind == JsonValueKind.Object && message.TryGetProperty("content"u8, out var content) && content.ValueKind == JsonValueKind.String
                    ? content.GetString()
                    : null;
        }
        catch (Exception odd) when (odd is JsonException or InvalidOperationException)
        {
            // Not JSON, or text with broken escapes: no answer to act on.
            return null;
        }
    }
}
