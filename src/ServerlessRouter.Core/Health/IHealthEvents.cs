namespace ServerlessRouter.Health;

/// <summary>Is told when this instance's own calls open or close a breaker; must neither block nor throw.</summary>
public interface IHealthEvents
{
    /// <summary>A breaker opened, or stays open for longer.</summary>
    void OnOpened(string deploymentId, BreakerCause cause, TimeSpan length);

    /// <summary>A probe succeeded.</summary>
    void OnClosed(string deploymentId);
}

/// <summary>Why a breaker opened; decides for how long.</summary>
public enum BreakerCause
{
    /// <summary>Too many calls failed.</summary>
    Outage,

    /// <summary>429: too fast right now.</summary>
    Burst,

    /// <summary>429: quota or credit is used up.</summary>
    Quota,

    /// <summary>401, 403 or 404: only a person can mend it.</summary>
    Refused,
}
