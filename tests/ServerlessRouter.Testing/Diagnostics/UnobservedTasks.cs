using System.Collections.Concurrent;
using Xunit.Sdk;

namespace ServerlessRouter.Testing.Diagnostics;

/// <summary>Watches for tasks that failed unobserved; process-wide, so tests that use it must not run beside tests that leak.</summary>
public sealed class UnobservedTasks : IDisposable
{
    private readonly ConcurrentQueue<AggregateException> _seen = new();

    private UnobservedTasks() => TaskScheduler.UnobservedTaskException += Remember;

    public static UnobservedTasks Watch() => new();

    /// <summary>Runs the finalizers, which is when such tasks are noticed, and fails if there was one.</summary>
    public void AssertNone()
    {
        for (var i = 0; i < 2; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        if (!_seen.IsEmpty)
            throw new XunitException($"{_seen.Count} task(s) failed unobserved: {string.Join(Environment.NewLine, _seen)}");
    }

    public void Dispose() => TaskScheduler.UnobservedTaskException -= Remember;

    private void Remember(object? sender, UnobservedTaskExceptionEventArgs args) => _seen.Enqueue(args.Exception);
}
