using System.Collections.Immutable;

namespace ServerlessRouter.Jobs.Input;

/// <summary>What a batch's file holds: its requests, or what is wrong with it.</summary>
internal sealed record BatchInput(List<BatchLine> Lines, ImmutableArray<JobProblem> Problems);
