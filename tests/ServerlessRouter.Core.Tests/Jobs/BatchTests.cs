using ServerlessRouter.Core.Tests.Http;
using ServerlessRouter.Errors;
using ServerlessRouter.Jobs;
using ServerlessRouter.Testing.Models;
using Xunit;

namespace ServerlessRouter.Core.Tests.Jobs;

public sealed class BatchTests
{
    [Fact]
    public async Task Batch_OfSeveralChunks_EveryRequestIsAnsweredOnceAndBilledOnce()
    {
        var scene = new JobScene();
        var job = await scene.SubmitAsync(JobScene.Lines(250));
        Assert.Equal(JobStatus.Validating, job.Status);
        Assert.Equal([job.Id], scene.Launches);

        job = await scene.RunAsync(job.Id);

        Assert.Equal(JobStatus.Completed, job.Status);
        Assert.Equal((250, 0, 250 * JobScene.CostOfAnswerUsd), (job.Tally.Completed, job.Tally.Failed, job.Tally.CostUsd));
        Assert.Null(job.ErrorFileId);
        var output = await scene.ReadAsync(job.OutputFileId);
        Assert.Equal(250, output.Count);
        Assert.All(Enumerable.Range(0, 250), number =>
        {
            var response = output[$"r-{number}"]["response"]!;
            Assert.Equal(200, (int)response["status_code"]!);
            Assert.Equal($"prompt {number}", (string)response["body"]!["choices"]![0]!["message"]!["content"]!);
        });
    }

    [Fact]
    public async Task Batch_RequestThatIsRefused_StandsInTheErrorFileWithItsStatus()
    {
        var scene = new JobScene();
        scene.Pipeline.Answer = static (context, _) => Task.FromResult(JobScene.Prompt(context) == "bad"
            ? Answers.Failed(RouterError.InvalidRequest("'n' must be 1.", "n"))
            : JobScene.Echo(context));
        var job = await scene.SubmitAsync(JobScene.Line("good"), JobScene.Line("bad", "bad"), JobScene.Line("good too"));

        job = await scene.RunAsync(job.Id);

        Assert.Equal(JobStatus.Completed, job.Status);
        Assert.Equal((2, 1), (job.Tally.Completed, job.Tally.Failed));
        Assert.Equal(["good", "good too"], (await scene.ReadAsync(job.OutputFileId)).Keys);
        var error = Assert.Single(await scene.ReadAsync(job.ErrorFileId));
        Assert.Equal("bad", error.Key);
        Assert.Equal(400, (int)error.Value["response"]!["status_code"]!);
        Assert.Equal("'n' must be 1.", (string)error.Value["response"]!["body"]!["error"]!["message"]!);
        Assert.Null(error.Value["error"]);
    }

    [Fact]
    public async Task Batch_VendorAnswersWithLineEnds_TheFileKeepsOneLineForEach()
    {
        var scene = new JobScene();
        scene.Pipeline.Answer = static (_, _) => Task.FromResult(Answers.Whole("{\r\n  \"text\": \"a\\nb\"\n}\n"));
        var job = await scene.RunAsync((await scene.SubmitAsync(JobScene.Lines(2))).Id);

        var output = await scene.ReadAsync(job.OutputFileId);

        Assert.All(output.Values, static line => Assert.Equal("a\nb", (string)line["response"]!["body"]!["text"]!));
    }

    [Theory]
    [InlineData(700_000)]
    [InlineData(3_000_000)]
    public async Task Batch_AnswerLongerThanARow_ArrivesWhole(int length)
    {
        var scene = new JobScene();
        var text = new string('x', length - 1) + "y";
        scene.Pipeline.Answer = (_, _) => Task.FromResult(Answers.Whole($$"""{"text":"{{text}}"}"""));
        var job = await scene.RunAsync((await scene.SubmitAsync(JobScene.Lines(2))).Id);

        var output = await scene.ReadAsync(job.OutputFileId);

        Assert.All(output.Values, line => Assert.Equal(text, (string)line["response"]!["body"]!["text"]!));
    }

    [Fact]
    public async Task Batch_RequestsLongerThanARow_AreSentAsWritten()
    {
        var scene = new JobScene();
        var prompts = Enumerable.Range(1, 5).Select(static number => new string((char)('a' + number), number * 40_000)).ToArray();
        var job = await scene.SubmitAsync([.. prompts.Select(static (prompt, number) => JobScene.Line($"r-{number}", prompt))]);

        var output = await scene.ReadAsync((await scene.RunAsync(job.Id)).OutputFileId);

        Assert.Equal(prompts, output.Values.Select(static line => (string)line["response"]!["body"]!["choices"]![0]!["message"]!["content"]!));
    }

    [Fact]
    public async Task Batch_FileWithMarkBlankLinesAndCrLf_IsRead()
    {
        var scene = new JobScene();
        var file = await scene.UploadAsync(null, $"\uFEFF{JobScene.Line("a", "ø")}\r\n\r\n{JobScene.Line("b", "å")}\r\n\n");

        var job = await scene.RunAsync((await scene.SubmitAsync(file)).Id);

        Assert.Equal(["a", "b"], (await scene.ReadAsync(job.OutputFileId)).Keys);
    }

    [Fact]
    public async Task Batch_FaultyLines_FailsWithEveryLinesProblemAndRunsNothing()
    {
        var scene = new JobScene();
        var calls = 0;
        scene.Pipeline.Answer = (context, _) => Task.FromResult(Interlocked.Increment(ref calls) > 0 ? JobScene.Echo(context) : null!);
        var file = await scene.UploadAsync(
            JobScene.Line("a"),
            "no json",
            JobScene.Line("a"),
            JobScene.Line("b").Replace("POST", "GET", StringComparison.Ordinal),
            JobScene.Line("c").Replace("/v1/chat/completions", "/v1/embeddings", StringComparison.Ordinal),
            """{"custom_id":"d","method":"POST","url":"/v1/chat/completions"}""",
            """{"method":"POST","url":"/v1/chat/completions","body":{}}""",
            JobScene.Line("e") + JobScene.Line("f"),
            "[]");

        var job = await scene.RunAsync((await scene.SubmitAsync(file)).Id);

        Assert.Equal(JobStatus.Failed, job.Status);
        Assert.Equal(
            [
                (2, "invalid_json_line"), (3, "duplicate_custom_id"), (4, "invalid_method"), (5, "mismatched_endpoint"), (6, "missing_required_parameter"),
                (7, "missing_required_parameter"), (8, "invalid_json_line"), (9, "invalid_json_line"),
            ],
            job.Problems.Select(static problem => (problem.Line!.Value, problem.Code)));
        Assert.Equal(0, calls);
        Assert.Null(await scene.Jobs.Files.DeleteAsync(null, file.Id, default));
    }

    [Fact]
    public async Task Batch_ProblemsLongerThanTheirRow_FailsWithAsManyAsFit()
    {
        var scene = new JobScene();
        var id = string.Concat(Enumerable.Repeat("\\u0001", 500));

        var job = await scene.RunAsync((await scene.SubmitAsync([.. Enumerable.Repeat(JobScene.Line(id), 60)])).Id);

        Assert.Equal(JobStatus.Failed, job.Status);
        Assert.InRange(job.Problems.Length, 5, 50);
    }

    [Fact]
    public async Task Batch_EmptyFile_FailsAndSaysSo()
    {
        var scene = new JobScene();
        var job = await scene.RunAsync((await scene.SubmitAsync(await scene.UploadAsync(null, "\n \n"))).Id);

        Assert.Equal("empty_file", Assert.Single(job.Problems).Code);
    }

    [Fact]
    public async Task Item_FailsForAWhile_IsTriedAgainAndBilledForEveryTry()
    {
        var scene = new JobScene();
        var tries = 0;
        scene.Pipeline.Answer = (context, _) =>
        {
            context.CostUsd = JobScene.CostOfAnswerUsd;
            return Task.FromResult(++tries < 3 ? Answers.Failed(new RouterError(RouterErrorCode.UpstreamError, "broken")) : JobScene.Echo(context));
        };
        var job = await scene.SubmitAsync(JobScene.Line("a"));

        job = await scene.RunAsync(job.Id);

        Assert.Equal(3, tries);
        Assert.Equal((1, 0, 3 * JobScene.CostOfAnswerUsd), (job.Tally.Completed, job.Tally.Failed, job.Tally.CostUsd));
        Assert.InRange(scene.Time.GetUtcNow() - job.CreatedAt, TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(8));
    }

    [Fact]
    public async Task Item_VendorSaysWhenToComeBack_IsNotTriedBefore()
    {
        var scene = new JobScene();
        var tries = 0;
        scene.Pipeline.Answer = (context, _) => Task.FromResult(++tries == 1
            ? Answers.Failed(new RouterError(RouterErrorCode.CapacityExhausted, "full") { RetryAfter = TimeSpan.FromHours(2) })
            : JobScene.Echo(context));
        var job = await scene.PreparedAsync(JobScene.Line("a"));

        var first = await scene.Steps.RunItemAsync(new(job.Id, 0), default);
        scene.Time.Advance(TimeSpan.FromHours(1));
        var early = await scene.Steps.RunItemAsync(new(job.Id, 0), default);

        Assert.Equal((TimeSpan.FromHours(2), TimeSpan.FromHours(1), 1), (first.Again, early.Again, tries));
        scene.Time.Advance(TimeSpan.FromHours(1));
        Assert.True((await scene.Steps.RunItemAsync(new(job.Id, 0), default)).IsDone);
    }

    [Fact]
    public async Task Item_NeverSucceeds_EndsWithItsErrorAfterTheLastTry()
    {
        var scene = new JobScene(new JobOptions { MaxTries = 4 });
        var tries = 0;
        scene.Pipeline.Answer = (_, _) => Task.FromResult(Answers.Failed(new RouterError(RouterErrorCode.UpstreamError, $"broken {++tries}")));

        var job = await scene.RunAsync((await scene.SubmitAsync(JobScene.Line("a"))).Id);

        Assert.Equal(4, tries);
        var error = Assert.Single(await scene.ReadAsync(job.ErrorFileId)).Value;
        Assert.Equal((502, "broken 4"), ((int)error["response"]!["status_code"]!, (string)error["response"]!["body"]!["error"]!["message"]!));
    }

    [Fact]
    public async Task Item_AsksForAStream_IsRefused()
    {
        var scene = new JobScene();
        var line = JobScene.Line("a").Replace("\"model\"", "\"stream\":true,\"model\"", StringComparison.Ordinal);

        var job = await scene.RunAsync((await scene.SubmitAsync(line)).Id);

        var error = Assert.Single(await scene.ReadAsync(job.ErrorFileId)).Value;
        Assert.Equal("stream", (string)error["response"]!["body"]!["error"]!["param"]!);
    }

    [Fact]
    public async Task Batch_WindowPasses_WhatHasNotBegunExpiresAndTheRestIsKept()
    {
        var scene = new JobScene();
        var job = await scene.PreparedAsync(JobScene.Lines(150));
        await scene.Steps.RunItemAsync(new(job.Id, 7), default);
        scene.Time.Advance(TimeSpan.FromHours(24));

        job = await scene.RunAsync(job.Id);

        Assert.Equal(JobStatus.Expired, job.Status);
        Assert.Equal((1, 149), (job.Tally.Completed, job.Tally.Failed));
        Assert.Equal(["r-7"], (await scene.ReadAsync(job.OutputFileId)).Keys);
        var errors = await scene.ReadAsync(job.ErrorFileId);
        Assert.Equal(149, errors.Count);
        Assert.All(errors.Values, static line => Assert.Equal("batch_expired", (string)line["error"]!["code"]!));
    }

    [Fact]
    public async Task Batch_Cancelled_RunsNothingMoreAndKeepsWhatIsThere()
    {
        var scene = new JobScene();
        var job = await scene.PreparedAsync(JobScene.Lines(3));
        await scene.Steps.RunItemAsync(new(job.Id, 0), default);

        var cancelling = (await scene.Jobs.Desk.CancelAsync(null, job.Id, default)).Job!;
        job = await scene.RunAsync(job.Id);

        Assert.Equal(JobStatus.Cancelling, cancelling.Status);
        Assert.Equal((JobStatus.Cancelled, 1, 2), (job.Status, job.Tally.Completed, job.Tally.Failed));
        Assert.Equal(["r-0"], (await scene.ReadAsync(job.OutputFileId)).Keys);
        Assert.Equal(RouterErrorCode.Conflict, (await scene.Jobs.Desk.CancelAsync(null, job.Id, default)).Error!.Code);
        Assert.Equal(2, scene.Launches.Count);
    }

    [Fact]
    public async Task Batch_CancelledBeforeItIsRead_EndsWithoutItems()
    {
        var scene = new JobScene();
        var job = await scene.SubmitAsync(JobScene.Lines(3));
        await scene.Jobs.Desk.CancelAsync(null, job.Id, default);

        job = await scene.RunAsync(job.Id);

        Assert.Equal((JobStatus.Cancelled, 0), (job.Status, job.Items));
    }

    [Fact]
    public async Task Items_RunAsTheCallerThatSubmittedThem()
    {
        var router = new RouterBuilder().Model("mini").Key("sk-ann", "ann").Build();
        var scene = new JobScene(router: router);
        var callers = new List<string?>();
        scene.Pipeline.Answer = (context, _) =>
        {
            callers.Add(context.Recalled?.Name);
            return Task.FromResult(JobScene.Echo(context));
        };
        var file = await scene.UploadAsync("ann", JobScene.Line("a"));

        var job = await scene.SubmitAsync(file);
        await scene.Steps.PrepareAsync(job.Id, default);
        await scene.Steps.RunItemAsync(new(job.Id, 0), default);

        Assert.Equal(["ann"], callers);
    }

    [Fact]
    public async Task Progress_OfARunningBatch_IsSeenWithinTheInterval()
    {
        var scene = new JobScene();
        var job = await scene.PreparedAsync(JobScene.Lines(150));
        for (var item = 0; item < 120; item++)
            await scene.Steps.RunItemAsync(new(job.Id, item), default);
        scene.Time.Advance(scene.Options.ProgressInterval);
        await scene.Steps.RunItemAsync(new(job.Id, 5), default);
        await scene.Steps.RunItemAsync(new(job.Id, 110), default);

        var seen = await scene.FindAsync(job.Id);

        Assert.Equal((JobStatus.InProgress, 150, 120), (seen.Status, seen.Items, seen.Tally.Completed));
    }
}
