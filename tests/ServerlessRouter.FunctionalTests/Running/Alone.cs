using Xunit;

namespace ServerlessRouter.FunctionalTests.Running;

/// <summary>Tests that look at the whole process (its memory, tasks and meters), so nothing else may run beside them.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
