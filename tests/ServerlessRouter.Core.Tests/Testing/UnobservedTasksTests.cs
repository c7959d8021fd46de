using System.Runtime.CompilerServices;
using ServerlessRouter.Testing.Diagnostics;
using Xunit;
using Xunit.Sdk;

namespace ServerlessRouter.Core.Tests.Testing;

// Alone: a task that another test leaves unobserved would be counted here, and this one there.
[CollectionDefinition(nameof(UnobservedTasksTests), DisableParallelization = true)]
[Collection(nameof(UnobservedTasksTests))]
public class UnobservedTasksTests
{
    [Fact]
    public void AssertNone_FailedTaskWasNotObserved_Fails()
    {
        using var tasks = UnobservedTasks.Watch();
        Abandon();

        Assert.Contains("lost", Assert.Throws<XunitException>(tasks.AssertNone).Message, StringComparison.Ordinal);
    }

    // In a frame of its own, so that nothing keeps the task alive.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Abandon() => _ = Task.FromException(new InvalidOperationException("lost"));
}
