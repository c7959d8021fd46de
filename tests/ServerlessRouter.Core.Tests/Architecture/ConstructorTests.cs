using ServerlessRouter.Classification.Models;
using ServerlessRouter.Configuration;
using ServerlessRouter.Http;
using ServerlessRouter.Jobs.Services;
using ServerlessRouter.Jobs.Steps;
using ServerlessRouter.Pipeline;
using ServerlessRouter.State;
using ServerlessRouter.Testing.Architecture;
using ServerlessRouter.Training;
using Xunit;

namespace ServerlessRouter.Core.Tests.Architecture;

/// <summary>Constructors take at most six parameters; each exception has its reason beside it.</summary>
public sealed class ConstructorTests
{
    [Fact]
    public void State_TakesLittle() => new Constructors(typeof(ITableStore).Assembly).Hold();

    [Fact]
    public void Core_TakesLittle() => new Constructors(
        typeof(RouterModel).Assembly,
        // The figures of a file of weights, one for each table in it, made in one place.
        nameof(OutcomeWeights),
        // A row of a plan: figures that are told side by side, and read by their names.
        nameof(PlannedCandidate)).Hold();

    [Fact]
    public void Jobs_TakeLittle() => new Constructors(
        typeof(JobServices).Assembly,
        // One for each step there is, and nothing else.
        nameof(JobSteps)).Hold();

    [Fact]
    public void Training_TakesLittle() => new Constructors(
        typeof(TrainCommand).Assembly,
        // What each way of predicting says of one row, side by side.
        "HeldOutOutcome").Hold();

    [Fact]
    public void Http_TakesLittle() => new Constructors(typeof(RouterEndpoints).Assembly).Hold();
}
