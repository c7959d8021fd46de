using System.Collections.Concurrent;
using ServerlessRouter.Health;

namespace ServerlessRouter.Core.Tests.Health;

internal sealed class RecordedHealthEvents : IHealthEvents
{
    public ConcurrentQueue<string> Told { get; } = new();

    public void OnOpened(string deploymentId, BreakerCause cause, TimeSpan length) => Told.Enqueue($"{deploymentId} {cause} {length.TotalSeconds}");

    public void OnClosed(string deploymentId) => Told.Enqueue($"{deploymentId} closed");
}
