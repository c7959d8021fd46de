namespace ServerlessRouter.Health;

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
