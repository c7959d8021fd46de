using ServerlessRouter.Chat;
using ServerlessRouter.Classification;
using ServerlessRouter.Domain;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Testing.Models;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.Core.Tests.Classification;

public sealed class ClassificationStageTests
{
    private const string Task = "Write a Python function that merges two sorted linked lists and explain its complexity.";

    [Fact]
    public async Task InvokeAsync_RouteThatDecides_FindsTheTask()
    {
        var profile = await ProfileAsync(ChatBodies.Plain(Task, "auto"));

        Assert.Equal(TaskKind.Code, profile.Task);
        Assert.Equal("en", profile.Language);
        Assert.Equal(1, profile.TaskProbabilities.Sum(), 0.001);
    }

    [Fact]
    public async Task InvokeAsync_ShortFollowUp_IsReadWithTheTurnBeforeIt()
    {
        var profile = await ProfileAsync(ChatBodies.Conversation(("user", Task), ("assistant", "Here it is: ..."), ("user", "Now shorter.")));

        Assert.Equal(TaskKind.Code, profile.Task);
        Assert.Equal(2, profile.Turns);
    }

    [Fact]
    public async Task InvokeAsync_SystemPromptAboutSomethingElse_DoesNotDecideTheTask()
    {
        var profile = await ProfileAsync(ChatBodies.Conversation(
            ("system", "You translate from German to French. Translate every text you are given into French."), ("user", Task)));

        Assert.Equal(TaskKind.Code, profile.Task);
    }

    [Fact]
    public async Task InvokeAsync_NothingToDecide_TakesSizeAndNeedsOnly()
    {
        var profile = await ProfileAsync(ChatBodies.WithTools(Task, "mini"));

        Assert.Null(profile.Task);
        Assert.Empty(profile.TaskProbabilities);
        Assert.InRange(profile.PromptTokens, 20, 120);
    }

    [Fact]
    public async Task InvokeAsync_InstructionBehindALongText_IsSeen()
    {
        var text = string.Concat(Enumerable.Repeat("The harbour was quiet that morning and the gulls had gone inland. ", 2_000));

        var profile = await ProfileAsync(ChatBodies.Plain(text + "\n\nSummarize the text above in two sentences.", "auto"));

        Assert.Equal(TaskKind.Summarization, profile.LikeliestTask);
        Assert.InRange(profile.PromptTokens, 20_000, 35_000);
    }

    private static async Task<RequestProfile> ProfileAsync(byte[] body)
    {
        var router = new RouterBuilder().Model("mini").Model("large").Route("auto", route => route.Candidates("mini", "large")).Build();
        using var request = ScannedRequest.Of(body);
        var context = new RequestContext("r1", router, request, new ListedHeaders(), 0) { Route = router.Targets[request.Model] };
        await new ClassificationStage(new EmbeddingOpinion(null!, TimeProvider.System), new SecondOpinion(null!, TimeProvider.System)).InvokeAsync(context, static (_, _) => new((ChatOutcome)null!), default);
        return context.Profile;
    }
}
