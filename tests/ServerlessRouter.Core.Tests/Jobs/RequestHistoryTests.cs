using System.Text;
using ServerlessRouter.Configuration;
using ServerlessRouter.Dispatch;
using ServerlessRouter.Domain;
using ServerlessRouter.Errors;
using ServerlessRouter.Jobs;
using ServerlessRouter.Jobs.Requests;
using ServerlessRouter.Jobs.Rows;
using ServerlessRouter.Pipeline;
using ServerlessRouter.State;
using ServerlessRouter.State.Memory;
using Xunit;

namespace ServerlessRouter.Core.Tests.Jobs;

public sealed class RequestHistoryTests
{
    private static readonly AttemptTrace Attempt = new()
    {
        Model = "mini",
        Deployment = "vendor/mini",
        DeploymentReason = "the only one",
        Choice = DeploymentChoice.Fresh,
        Reason = AttemptReason.NextModel,
        StartedAfter = TimeSpan.FromSeconds(1.25),
        FirstTokenAfter = TimeSpan.FromSeconds(1.5),
        EndedAfter = TimeSpan.FromHours(3),
        WasSent = true,
        Usage = new TokenUsage(100, 10) { CachedTokens = 5, CacheWriteTokens = 4, ReasoningTokens = 3, IsEstimated = true, ReportedCostUsd = 0.001m },
        CostUsd = 0.00000012m,
        Failure = FailureKind.RateLimited,
        Detail = "The provider's rate limit is reached.",
        UpstreamStatus = 429,
        RetryAfter = TimeSpan.FromMinutes(10),
        RefusalStatus = 400,
        Content = new ContentRef("job_1.00000.r00000000.x", 77),
        Checks = [new CheckTrace("judge", false, "the judge scores it 0.20", 0.2, 0.2), new CheckTrace("refusal", true, null, 1, null)],
    };

    private static readonly RequestHistory Written = new()
    {
        Number = 4,
        Plan = new FrozenPlan
        {
            Profile = new RequestProfile { Task = TaskKind.Code, LikeliestTask = TaskKind.Code, Confidence = 0.75f, TaskProbabilities = [0.75f, 0.25f], Difficulty = 0.5f, PromptTokens = 12, Needs = Capabilities.Tools | Capabilities.Vision, Language = "de", Turns = 2, SecondOpinion = "asked" },
            Candidates = [new FrozenCandidate { Model = "mini", Quality = 0.5f, CostUsd = double.PositiveInfinity, LatencySeconds = null, Score = double.NaN, Reason = "why", IsFallback = true, Standing = CandidateStanding.BelowFloor, Correction = 0.1f, OutputTokens = 100 }],
            Exclusions = [new Exclusion("large", ExclusionReason.Tier, "tier small")],
            Rule = "routes.auto.rules[0]",
            Objective = "cost",
            QualityFloor = 0.5,
            Downgrade = null,
            CascadeSteps = 2,
            SkippedSteps = [new SkippedStep("tiny", "too hard")],
        },
        History = new DispatchHistory
        {
            Since = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero),
            Candidates = [new DispatchCandidate(8000, 2, 0.5m)],
            Limits = RouteLimits.Default with { CostUsd = 2 },
            Cascade = new CascadeBounds(2, TimeSpan.FromDays(1), null),
            MovesOnAfterContentFilter = true,
            MaxAttemptTime = TimeSpan.FromMinutes(2),
            SpentUsd = 0.25m,
            Attempts = [new AttemptFact { Candidate = 0, Deployment = AttemptFact.NoDeployment, Choice = DeploymentChoice.LeastBad, Failure = FailureKind.NoDeployment, EndedAfter = TimeSpan.FromSeconds(1), Jitter = 0.5 }],
        },
        RoundAt = 1,
        Attempts = [Attempt, Attempt with { Failure = null, Checks = null, Content = null, Deployment = null }],
        SideCalls = [Attempt with { Purpose = "judge" }],
    };

    [Fact]
    public void Write_Read_IsTheSame()
    {
        var written = Written.Write();

        var back = RequestHistory.Read(written);

        Assert.Equal(Encoding.UTF8.GetString(written), Encoding.UTF8.GetString(back.Write()));
        // What a test of two texts would not see: that something is never written.
        Assert.Equal(Written.Attempts[0] with { Checks = null }, back.Attempts[0] with { Checks = null });
        Assert.Equal(Written.Attempts[0].Checks!.Value.AsEnumerable(), back.Attempts[0].Checks!.Value);
        Assert.Equal(Written.Plan.Candidates[0], back.Plan.Candidates[0]);
        Assert.Equal(Written.History.Attempts[0], back.History.Attempts[0]);
        Assert.Equal(Written.History.Candidates[0], back.History.Candidates[0]);
        Assert.Equal(Figures(Written.Plan.Profile), Figures(back.Plan.Profile));
        Assert.Equal([0.75f, 0.25f], back.Plan.Profile.TaskProbabilities.AsEnumerable());
        Assert.Equal((4, 1, 2, "tiny"), (back.Number, back.RoundAt, back.Plan.CascadeSteps, back.Plan.SkippedSteps[0].Model));
    }

    /// <summary>Requests in flight were written by earlier versions: what they called a member is what it is called in a row.</summary>
    [Theory]
    [InlineData("\"Luck\":0.5")]
    [InlineData("\"Worth\":0.2")]
    [InlineData("\"KeptWorth\":0")]
    public void Write_RenamedMembers_KeepTheNamesThatRowsHave(string member) => Assert.Contains(member, Encoding.UTF8.GetString(Written.Write()), StringComparison.Ordinal);

    /// <summary>A newer version wrote it and was rolled back.</summary>
    [Fact]
    public void Read_NamesOfANewerVersion_BecomeNamesThatForbidNothing()
    {
        var newer = Encoding.UTF8.GetString(Written.Write());
        foreach (var name in new[] { "RateLimited", "NoDeployment", "NextModel", "LeastBad", "Fresh", "BelowFloor", "Tier", "Code", "Tools, Vision" })
            newer = newer.Replace($"\"{name}\"", $"\"{name}Newer\"", StringComparison.Ordinal);

        var back = RequestHistory.Read(Encoding.UTF8.GetBytes(newer));

        Assert.Equal(
            (FailureKind.ServerError, AttemptReason.First, DeploymentChoice.Fresh, Attempt.CostUsd, Attempt.Usage),
            (back.Attempts[0].Failure, back.Attempts[0].Reason, back.Attempts[0].Choice, back.Attempts[0].CostUsd, back.Attempts[0].Usage));
        Assert.Equal((FailureKind.ServerError, DeploymentChoice.Fresh), (back.History.Attempts[0].Failure, back.History.Attempts[0].Choice));
        Assert.Equal((CandidateStanding.Eligible, ExclusionReason.Rule), (back.Plan.Candidates[0].Standing, back.Plan.Exclusions[0].Reason));
        Assert.Equal((TaskKind.Chat, Capabilities.Tools), (back.Plan.Profile.Task, back.Plan.Profile.Needs));
    }

    /// <summary>A number would pass for a value that no table knows.</summary>
    [Fact]
    public void Read_NumberInPlaceOfAName_IsAnUnknownName()
    {
        var odd = Encoding.UTF8.GetString(Written.Write()).Replace("\"RateLimited\"", "\"99\"", StringComparison.Ordinal);

        Assert.Equal(FailureKind.ServerError, RequestHistory.Read(Encoding.UTF8.GetBytes(odd)).Attempts[0].Failure);
    }

    private static (TaskKind?, TaskKind, float, float, int, Capabilities, string, int, string?) Figures(RequestProfile profile) =>
        (profile.Task, profile.LikeliestTask, profile.Confidence, profile.Difficulty, profile.PromptTokens, profile.Needs, profile.Language, profile.Turns, profile.SecondOpinion);

    [Fact]
    public async Task Row_AsManyWordyAttemptsAsAreEverMade_HasRoomForThemAndTheResult()
    {
        var wordy = Attempt with { Detail = new string('d', 300) };
        var item = new JobItem
        {
            JobId = "job_1", Index = 0, InputRow = 0, InputAt = 0, InputBytes = 1, RequestHistory = Written with { Attempts = [.. Enumerable.Repeat(wordy, RequestHistory.MaxAttempts)] },
        };
        var store = new MemoryTableStore(TimeProvider.System);

        var written = await store.TransactAsync(
            JobTables.Items, [TableOperation.Insert(JobItemRow.Write(item)), TableOperation.Insert(JobResultRow.Write(item, new byte[JobResultRow.MaxBytes]))]);

        Assert.True(written.IsDone);
        var back = JobItemRow.Read((await store.GetAsync(JobTables.Items, "job_1.00000", "i00000000"))!);
        Assert.Equal(Encoding.UTF8.GetString(item.RequestHistory.Write()), Encoding.UTF8.GetString(back.RequestHistory!.Write()));
    }
}
