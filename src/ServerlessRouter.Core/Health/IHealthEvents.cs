namespace ServerlessRouter.Health;

/// <summary>Is told when this instance's own calls open or close a breaker; must neither block nor throw.</summary>
public interface IHealthEvents
{
    /// <summary>A breaker opened, or stays open for longer.</summary>
    void OnOpened(string deploymentId, BreakerCause cause, TimeSpan length);

    /// <summary>A probe succeeded.</summary>
    void OnClosed(string deploymentId);
}
