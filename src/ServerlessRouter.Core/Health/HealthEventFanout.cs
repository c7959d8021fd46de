namespace ServerlessRouter.Health;

/// <summary>Tells every listener.</summary>
internal sealed class HealthEventFanout : IHealthEvents
{
    private readonly Lock _adding = new();
    private volatile IHealthEvents[] _listeners = [];

    public void Add(IHealthEvents listener)
    {
        lock (_adding)
            _listeners = [.. _listeners, listener];
    }

    public void OnOpened(string deploymentId, BreakerCause cause, TimeSpan length)
    {
        foreach (var listener in _listeners)
            listener.OnOpened(deploymentId, cause, length);
    }

    public void OnClosed(string deploymentId)
    {
        foreach (var listener in _listeners)
            listener.OnClosed(deploymentId);
    }
}
