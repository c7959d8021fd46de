using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using ServerlessRouter.Domain;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Jobs.Requests;

/// <summary>A settled attempt or side call of a request in several turns, as it is kept: enough for the bill, the record and the caller's error, and no content.</summary>
public sealed record AttemptTrace
{
    private const int MaxDetailLength = 300;

    public required string Model { get; init; }

    /// <summary>The deployment's id; null where none was found.</summary>
    public string? Deployment { get; init; }

    public string? DeploymentReason { get; init; }

    public required DeploymentChoice Choice { get; init; }

    public required AttemptReason Reason { get; init; }

    /// <summary>What a side call was for.</summary>
    public string? Purpose { get; init; }

    /// <summary>Times are counted from the request's submission.</summary>
    public required TimeSpan StartedAfter { get; init; }

    public TimeSpan? FirstTokenAfter { get; init; }

    public required TimeSpan EndedAfter { get; init; }

    public required bool WasSent { get; init; }

    public required TokenUsage Usage { get; init; }

    public required decimal CostUsd { get; init; }

    /// <summary>Null when it answered.</summary>
    public FailureKind? Failure { get; init; }

    public string? Detail { get; init; }

    public int? UpstreamStatus { get; init; }

    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The status of the vendor's refusal, whose body is <see cref="Content"/>.</summary>
    public int? RefusalStatus { get; init; }

    /// <summary>The answer that is kept back, or the vendor's refusal.</summary>
    public ContentRef? Content { get; init; }

    /// <summary>What a cascade's checks said of the answer; null where none was made.</summary>
    public ImmutableArray<CheckTrace>? Checks { get; init; }

    /// <summary>A check did not accept the answer.</summary>
    public bool IsRejected => Checks is [.., { IsAccepted: false }];

    public static AttemptTrace Of(AttemptContext attempt, TimeProvider time, ContentRef? content)
    {
        var since = attempt.Request.ReceivedAt;
        return new AttemptTrace
        {
            Model = attempt.Model.Name,
            Deployment = attempt.Deployment?.Id,
            DeploymentReason = attempt.DeploymentReason,
            Choice = attempt.Choice,
            Reason = attempt.Reason,
            Purpose = attempt.Purpose,
            StartedAfter = time.GetElapsedTime(since, attempt.StartedAt),
            FirstTokenAfter = attempt.FirstTokenAt == 0 ? null : time.GetElapsedTime(since, attempt.FirstTokenAt),
            EndedAfter = time.GetElapsedTime(since, attempt.EndedAt),
            WasSent = attempt.WasSent,
            Usage = attempt.Usage,
            CostUsd = attempt.CostUsd,
            Failure = attempt.Failure?.Kind,
            Detail = attempt.Failure?.Detail is { Length: > MaxDetailLength } detail ? detail[..MaxDetailLength] : attempt.Failure?.Detail,
            UpstreamStatus = attempt.Failure?.UpstreamStatus,
            RetryAfter = attempt.Failure?.RetryAfter,
            RefusalStatus = attempt.Failure?.Refusal?.Status,
            Content = content,
            Checks = ChecksOf(attempt),
        };
    }

    /// <summary>Nothing for none.</summary>
    public static byte[] WriteAll(ImmutableArray<AttemptTrace> traces) =>
        traces.IsEmpty ? [] : JsonSerializer.SerializeToUtf8Bytes(traces, RequestHistoryJson.Default.ImmutableArrayAttemptTrace);

    public static ImmutableArray<AttemptTrace> ReadAll(ReadOnlySpan<byte> json) =>
        json.IsEmpty ? [] : JsonSerializer.Deserialize(json, RequestHistoryJson.Default.ImmutableArrayAttemptTrace);

    /// <summary>What the checks of an attempt said.</summary>
    public static ImmutableArray<CheckTrace>? ChecksOf(AttemptContext attempt) => attempt.Checks is { } checks ? [.. checks.Select(CheckTrace.Of)] : null;

    /// <summary>The attempt again, settled as it was; its end is told no second time.</summary>
    public AttemptContext Restore(RequestContext request, TimeProvider time, UpstreamRefusal? refusal)
    {
        var model = request.Router.Lookup.Find(Model);
        var attempt = new AttemptContext(request, model, Choice)
        {
            Reason = Reason,
            Purpose = Purpose,
            Deployment = model.Deployments.FirstOrDefault(deployment => deployment.Id == Deployment),
            DeploymentReason = DeploymentReason,
            StartedAt = At(request, time, StartedAfter),
            WasSent = WasSent,
            Checks = Checks is { } checks ? [.. checks.Select(static check => check.Restore())] : null,
        };
        if (FirstTokenAfter is { } firstToken)
            attempt.MarkFirstToken(At(request, time, firstToken));
        var failure = Failure is { } kind ? new AttemptFailure(kind, Detail ?? "") { UpstreamStatus = UpstreamStatus, RetryAfter = RetryAfter, Refusal = refusal } : null;
        attempt.End(At(request, time, EndedAfter), failure, Usage, CostUsd);
        return attempt;
    }

    private static long At(RequestContext request, TimeProvider time, TimeSpan after) => request.ReceivedAt + (long)(after.TotalSeconds * time.TimestampFrequency);
}

/// <summary>Bytes that are kept in the job's content: an answer that was not given (yet), or a vendor's refusal.</summary>
public sealed record ContentRef(string Id, int Bytes);

/// <summary>A check's verdict, as it is kept.</summary>
public sealed record CheckTrace(string Check, bool IsAccepted, string? Why, [property: JsonPropertyName("Worth")] double FallbackScore, double? Score)
{
    public static CheckTrace Of(CheckResult result) => new(result.Check, result.Verdict.IsAccepted, result.Verdict.Why, result.Verdict.FallbackScore, result.Verdict.Score);

    public CheckResult Restore()
    {
        var verdict = (IsAccepted, Why) switch
        {
            (true, null) => AnswerVerdict.Accepted,
            (true, { } why) => AnswerVerdict.AcceptedWith(why),
            (false, _) => AnswerVerdict.Rejected(Why ?? "", FallbackScore),
        };
        return new CheckResult(Check, verdict with { Score = Score });
    }
}
