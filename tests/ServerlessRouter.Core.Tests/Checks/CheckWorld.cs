using System.Text;
using System.Text.Json;
using ServerlessRouter.Chat;
using ServerlessRouter.Checks;
using ServerlessRouter.Configuration;
using ServerlessRouter.Core.Tests.Dispatch;
using ServerlessRouter.Domain;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Testing.Time;
using ServerlessRouter.Testing.Wire;
using Xunit;

namespace ServerlessRouter.Core.Tests.Checks;

/// <summary>Puts one answer before one check; a test states only what matters.</summary>
internal sealed class CheckWorld
{
    public static readonly LanguageModel Step = Given.Model("step");

    public static readonly LanguageModel JudgeModel = Given.Model("judge");

    public string Question { get; init; } = "What is the capital of France?";

    public TaskKind? Task { get; init; }

    /// <summary>The whole request, where its text alone is not enough.</summary>
    public byte[]? Body { get; init; }

    public LanguageModel Model { get; init; } = Step;

    public TimeSpan TimeLeft { get; init; } = TimeSpan.FromMinutes(1);

    public decimal? CostUsd { get; init; }

    public ISideCalls SideCalls { get; init; } = new DispatchWorld().SideCalls;

    /// <summary>The verdict on an answer of this text.</summary>
    public Task<AnswerVerdict> OfTextAsync(string check, string text, string finishReason = "stop") =>
        OfAnswerAsync(check, $$"""{"choices":[{"index":0,"message":{"content":{{JsonSerializer.Serialize(text)}}},"finish_reason":"{{finishReason}}"}]}""");

    /// <summary>The verdict on an answer whose message is this.</summary>
    public Task<AnswerVerdict> OfMessageAsync(string check, string messageJson) => OfAnswerAsync(check, $$"""{"choices":[{"index":0,"message":{{messageJson}}}]}""");

    public async Task<AnswerVerdict> OfAnswerAsync(string check, string answerJson)
    {
        var choice = Assert.Single(AnswerReader.OfBody(Encoding.UTF8.GetBytes(answerJson)));
        var time = new ManualTimeProvider();
        var request = new RequestContext("r", Given.Router(Model), ScannedRequest.Of(Body ?? ChatBodies.Plain(Question)), new GivenHeaders([]), time.GetTimestamp())
        {
            Profile = new RequestProfile { Task = Task, PromptTokens = Given.PromptTokens },
            Plan = new RoutePlan { Candidates = [], Exclusions = [], Objective = "order" },
        };
        return await AnswerChecks.All(SideCalls).Single(known => known.Name == check).CheckAsync(
            new AnswerToCheck
            {
                Request = request,
                Attempt = new AttemptContext(request, Model, DeploymentChoice.Fresh),
                Cascade = new CascadeModel
                {
                    Steps = [Model],
                    Checks = [check],
                    Judge = new JudgeModel(JudgeModel, 0.6, TimeSpan.FromSeconds(2)),
                    CostUsd = CostUsd,
                    BufferBytes = CascadeModel.DefaultBufferBytes,
                },
                Choice = choice,
                TimeLeft = TimeLeft,
            },
            CancellationToken.None);
    }
}
