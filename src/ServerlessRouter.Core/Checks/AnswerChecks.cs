using System.Collections.Immutable;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Checks;

/// <summary>Every check that configuration can name.</summary>
internal static class AnswerChecks
{
    public static ImmutableArray<IAnswerCheck> All(ISideCalls sideCalls) =>
    [
        new FinishReasonCheck(), new FinalAnswerCheck(), new RefusalCheck(), new JsonSchemaCheck(), new ToolCallsCheck(), new HedgingCheck(), new ArithmeticCheck(), new UnusedGivensCheck(),
        new LogprobsCheck(), new JudgeCheck(sideCalls),
    ];
}
