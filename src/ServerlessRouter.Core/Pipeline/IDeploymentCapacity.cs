using ServerlessRouter.Configuration;

namespace ServerlessRouter.Pipeline;

/// <summary>How much a deployment still takes, by its configured capacity a minute and by what its vendor says remains. Never waits.</summary>
public interface IDeploymentCapacity
{
    /// <summary>Counts a call in where it fits; false, and nothing is counted, where it does not.</summary>
    bool TryTake(DeploymentModel deployment, int promptTokens);

    /// <summary>How long until such a call fits, while nothing else is counted in; zero where it does now.</summary>
    TimeSpan RoomIn(DeploymentModel deployment, int promptTokens);
}

/// <summary>One of the calls that a deployment takes at once.</summary>
public interface IAttemptSlot
{
    /// <summary>Gives it back; once, further calls do nothing.</summary>
    void Release();
}
